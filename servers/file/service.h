/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * service.h - the two protocols that the server speaks, a handler an operation.
 */
#ifndef FILE_SERVICE_H
#define FILE_SERVICE_H

#include "file.h"
#include "serve.h"

#define READ_BYTES_MAX 65536u

extern struct server file_server;

enum err service_file(struct call *c);
enum err service_object(struct call *c);

/* For the file protocol's handlers, by subject: names.c, data.c, write.c. ERR_PENDING where the
 * client has to come back. */
struct session;

enum err names_open(struct session *s, const struct file_open_req *q, struct file_open_reply *r);
enum err names_stat(struct session *s, uint32_t handle);
enum err names_list(struct session *s, const struct file_list_req *q, struct file_list_reply *r);
enum err names_link(struct session *s, const struct file_link_req *q, struct file_link_reply *r);

/* changes.c: the same for what changes names and files. */
enum err changes_resize(struct session *s, const struct file_resize_req *q);
enum err changes_remove(struct session *s, const struct file_remove_req *q);
enum err changes_mkdir(struct session *s, const struct file_mkdir_req *q);
enum err changes_rename(struct session *s, const struct file_rename_req *q);
enum err changes_hardlink(struct session *s, const struct file_hardlink_req *q);
enum err changes_symlink(struct session *s, const struct file_symlink_req *q);
enum err changes_change(struct session *s, const struct file_change_req *q);
enum err changes_times(struct session *s, const struct file_times_req *q);
enum err changes_sync(struct session *s, uint32_t handle, uint32_t flags);
enum err changes_volume(struct file_volume_reply *r);

enum err data_read(struct session *s, const struct file_read_req *q, struct file_read_reply *r);
enum err data_write(struct session *s, const struct file_write_req *q, struct file_write_reply *r);
enum err data_seek(struct session *s, const struct file_seek_req *q, struct file_seek_reply *r);

#endif
