// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * writes.c FOLDER - claims about calls that change files and names. FOLDER exists, and has
 * none of the names below.
 */
#define _GNU_SOURCE
#include "check.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/statfs.h>
#include <unistd.h>

static char page[4096], other[4096];
static const char *volatile nowhere = (const char *)8;

static void files(void)
{
    struct stat s;
    int fd = open("new", O_RDWR | O_CREAT | O_EXCL, 0666);

    CHECK(fd >= 0);
    CHECK(write(fd, "hello", 5) == 5);
    CHECK(lseek(fd, 0, SEEK_CUR) == 5);
    CHECK(pwrite(fd, "J", 1, 0) == 1);
    CHECK(lseek(fd, 0, SEEK_CUR) == 5);
    CHECK(pread(fd, page, 10, 0) == 5 && memcmp(page, "Jello", 5) == 0);
    CHECK(fstat(fd, &s) == 0 && s.st_size == 5 && (s.st_mode & 07777) == 0644);
    CHECK(s.st_nlink == 1);
    CHECK_FAILS(open("new", O_RDWR | O_CREAT | O_EXCL, 0666), EEXIST);
    CHECK(pwrite(fd, "end", 3, 1 << 20) == 3);
    CHECK(pread(fd, page, 4096, 4096) == 4096 && memcmp(page, other, 4096) == 0);
    CHECK(fstat(fd, &s) == 0 && s.st_size == (1 << 20) + 3 && s.st_blocks < 100);
    CHECK(ftruncate(fd, 3) == 0);
    CHECK(ftruncate(fd, 100) == 0);
    CHECK(pread(fd, page, 200, 0) == 100 && memcmp(page, "Jel\0\0", 5) == 0);
    CHECK_FAILS(ftruncate(fd, -1), EINVAL);
    CHECK(fsync(fd) == 0 && fdatasync(fd) == 0);
    CHECK_FAILS(write(fd, nowhere, 4), EFAULT);
    CHECK_FAILS(pwrite(fd, "x", 1, -1), EINVAL);
    CHECK(close(fd) == 0);
    fd = open("new", O_WRONLY | O_APPEND);
    CHECK(write(fd, "abc", 3) == 3 && lseek(fd, 0, SEEK_CUR) == 103);
    CHECK_FAILS(read(fd, page, 1), EBADF);
    CHECK(close(fd) == 0);
    fd = open("new", O_RDONLY);
    CHECK_FAILS(write(fd, "x", 1), EBADF);
    CHECK_FAILS(ftruncate(fd, 0), EINVAL);
    CHECK(close(fd) == 0);
    fd = open("new", O_WRONLY | O_TRUNC);
    CHECK(fstat(fd, &s) == 0 && s.st_size == 0);
    CHECK(close(fd) == 0);
    CHECK(truncate("new", 7) == 0 && stat("new", &s) == 0 && s.st_size == 7);
    CHECK_FAILS(truncate("none", 7), ENOENT);
    CHECK_FAILS(truncate(".", 7), EISDIR);
    CHECK_FAILS(open(".", O_RDWR), EISDIR);
    CHECK_FAILS(open("none/file", O_CREAT | O_RDWR, 0666), ENOENT);
    CHECK_FAILS(open("new/file", O_CREAT | O_RDWR, 0666), ENOTDIR);
}

static void names(void)
{
    struct stat s, t;
    int fd;

    CHECK(mkdir("dir", 0777) == 0 && stat("dir", &s) == 0 && (s.st_mode & 07777) == 0755);
    CHECK(s.st_nlink == 2);
    CHECK_FAILS(mkdir("dir", 0777), EEXIST);
    CHECK_FAILS(mkdir("none/dir", 0777), ENOENT);
    CHECK(link("new", "dir/second") == 0 && stat("new", &s) == 0 && s.st_nlink == 2);
    CHECK(stat("dir/second", &t) == 0 && t.st_ino == s.st_ino);
    CHECK_FAILS(link("new", "dir/second"), EEXIST);
    CHECK_FAILS(link("dir", "dir2"), EPERM);
    CHECK(symlink("dir/second", "points") == 0 && lstat("points", &t) == 0 && S_ISLNK(t.st_mode));
    CHECK(stat("points", &t) == 0 && t.st_ino == s.st_ino);
    CHECK(readlink("points", page, sizeof(page)) == 10 && memcmp(page, "dir/second", 10) == 0);
    CHECK_FAILS(symlink("x", "points"), EEXIST);
    CHECK_FAILS(open("points", O_CREAT | O_EXCL | O_RDWR, 0666), EEXIST);
    CHECK_FAILS(rmdir("dir"), ENOTEMPTY);
    CHECK_FAILS(rmdir("new"), ENOTDIR);
    CHECK_FAILS(rmdir("dir/."), EINVAL);
    CHECK_FAILS(unlink("dir"), EISDIR);
    CHECK_FAILS(unlink("none"), ENOENT);
    CHECK_FAILS(rename("dir", "dir/in"), EINVAL);
    CHECK_FAILS(rename("dir", "new"), ENOTDIR);
    CHECK_FAILS(rename("new", "dir"), EISDIR);
    CHECK_FAILS(rename("none", "new"), ENOENT);
    CHECK(rename("dir", "moved") == 0 && stat("moved/second", &t) == 0);
    CHECK_FAILS(stat("dir", &t), ENOENT);
    CHECK(rename("moved/second", "new") == 0); /* two names of one file: nothing is done */
    CHECK(stat("moved/second", &t) == 0);
    CHECK_FAILS(renameat2(AT_FDCWD, "new", AT_FDCWD, "points", RENAME_NOREPLACE), EEXIST);
    CHECK(rename("new", "points") == 0 && lstat("points", &t) == 0 && S_ISREG(t.st_mode));
    fd = open("points", O_RDWR);
    CHECK(unlink("points") == 0 && unlink("moved/second") == 0);
    CHECK(fstat(fd, &s) == 0 && s.st_nlink == 0);
    CHECK(write(fd, "still here", 10) == 10);
    CHECK(pread(fd, page, 10, 0) == 10 && memcmp(page, "still here", 10) == 0);
    CHECK(close(fd) == 0);
    CHECK(rmdir("moved") == 0);
}

static void attributes(void)
{
    struct timespec t[2] = {{1000, 0}, {2000, 0}};
    struct timeval micro[2] = {{1000, 0}, {3000, 0}};
    struct stat s;
    struct statfs f;
    int fd = open("file", O_CREAT | O_RDWR, 0600);

    CHECK(fchmod(fd, 0640) == 0 && fstat(fd, &s) == 0 && (s.st_mode & 07777) == 0640);
    CHECK(chmod("file", 0400) == 0 && stat("file", &s) == 0 && (s.st_mode & 07777) == 0400);
    CHECK(utimensat(AT_FDCWD, "file", t, 0) == 0);
    CHECK(stat("file", &s) == 0 && s.st_atime == 1000 && s.st_mtime == 2000);
    CHECK(utimes("file", micro) == 0 && stat("file", &s) == 0);
    CHECK(s.st_atime == 1000 && s.st_mtime == 3000);
    micro[0].tv_usec = 1000000;
    CHECK_FAILS(utimes("file", micro), EINVAL);
    t[0].tv_nsec = UTIME_OMIT;
    t[1].tv_nsec = UTIME_NOW;
    CHECK(futimens(fd, t) == 0 && fstat(fd, &s) == 0 && s.st_atime == 1000 && s.st_mtime > 2000);
    t[0].tv_nsec = 1000000000;
    CHECK_FAILS(futimens(fd, t), EINVAL);
    CHECK_FAILS(chmod("none", 0400), ENOENT);
    CHECK(chown("file", 0, 0) == 0);
    CHECK(statfs(".", &f) == 0 && f.f_blocks > f.f_bfree && f.f_bfree > 0 && f.f_namelen == 255);
    CHECK(unlink("file") == 0);
    CHECK(close(fd) == 0);
    sync();
}

int main(int argc, char **argv)
{
    umask(022);
    CHECK(argc == 2 && chdir(argv[1]) == 0);
    files();
    names();
    attributes();
    return check_summary();
}
