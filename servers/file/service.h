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

/* For the file protocol's handlers, by subject: names.c, data.c. ERR_PENDING where the client
 * has to come back. */
struct session;

enum err names_open(struct session *s, const struct file_open_req *q, struct file_open_reply *r);
enum err names_stat(struct session *s, uint32_t handle);
enum err names_list(struct session *s, const struct file_list_req *q, struct file_list_reply *r);
enum err names_link(struct session *s, const struct file_link_req *q, struct file_link_reply *r);

enum err data_read(struct session *s, const struct file_read_req *q, struct file_read_reply *r);
enum err data_seek(struct session *s, const struct file_seek_req *q, struct file_seek_reply *r);

#endif
