/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * options.c - properties against /options/SERVER of the manifest.
 *
 * There a property of the same name (or of one that ends in '*', which stands for any
 * ending) lists the values, or says one kind:
 *
 *   <size>   text like "64K", or one cell       <text>   one string
 *   <number> digits, or one cell                <texts>  strings
 *   <cells>  one or more cells                  <bytes>  anything
 *   <flag>   no value
 */
#include "options.h"

#include <libfdt.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static bool is_texts(const char *value, uint32_t bytes)
{
    return bytes > 0 && value[bytes - 1] == '\0';
}

static bool is_text(const char *value, uint32_t bytes)
{
    return is_texts(value, bytes) && strlen(value) == bytes - 1;
}

static bool is_number(const char *value, uint32_t bytes, const char *units)
{
    size_t digits;

    if (!is_text(value, bytes))
        return bytes == 4;
    digits = strspn(value, "0123456789");
    if (digits == 0 || digits > 15)
        return false;
    return value[digits] == '\0' ||
           (value[digits + 1] == '\0' && strchr(units, value[digits]) != NULL);
}

/* false: `kind` is no kind, but a value itself. */
static bool kind_check(const char *kind, const char *value, uint32_t bytes, bool *fits)
{
    if (strcmp(kind, "<size>") == 0)
        *fits = is_number(value, bytes, "KMG");
    else if (strcmp(kind, "<number>") == 0)
        *fits = is_number(value, bytes, "");
    else if (strcmp(kind, "<text>") == 0)
        *fits = is_text(value, bytes);
    else if (strcmp(kind, "<texts>") == 0)
        *fits = is_texts(value, bytes);
    else if (strcmp(kind, "<cells>") == 0)
        *fits = bytes > 0 && bytes % 4 == 0;
    else if (strcmp(kind, "<flag>") == 0)
        *fits = bytes == 0;
    else if (strcmp(kind, "<bytes>") == 0)
        *fits = true;
    else
        return false;
    return true;
}

static const char *value_check(const char *allowed, int allowed_bytes, const char *value,
                               uint32_t bytes)
{
    static char text[160];
    size_t used = (size_t)snprintf(text, sizeof(text), "must be ");
    bool fits = false;

    if (!is_texts(allowed, (uint32_t)allowed_bytes))
        return "has a malformed entry in options";
    if (kind_check(allowed, value, bytes, &fits)) {
        snprintf(text + used, sizeof(text) - used, "a %s", allowed);
        return fits ? NULL : text;
    }
    for (int at = 0; at < allowed_bytes; at += (int)strlen(allowed + at) + 1) {
        if (is_text(value, bytes) && strcmp(allowed + at, value) == 0)
            return NULL;
        if (used < sizeof(text))
            used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%s",
                                     at == 0 ? "" : " or ", allowed + at);
    }
    return text;
}

static bool name_fits(const char *pattern, const char *name)
{
    size_t length = strlen(pattern);

    if (length > 0 && pattern[length - 1] == '*')
        return strncmp(pattern, name, length - 1) == 0;
    return strcmp(pattern, name) == 0;
}

const char *options_check(const void *tree, const char *server, const char *name, const void *value,
                          uint32_t bytes)
{
    int options = fdt_path_offset(tree, "/options");
    int node = options < 0 ? options : fdt_subnode_offset(tree, options, server);
    int property;

    if (node < 0)
        return "is unknown: it has none of its own in options";
    fdt_for_each_property_offset(property, tree, node)
    {
        const char *pattern;
        int length;
        const char *allowed = fdt_getprop_by_offset(tree, property, &pattern, &length);

        if (allowed != NULL && name_fits(pattern, name))
            return value_check(allowed, length, value, bytes);
    }
    return "is unknown: options does not list it";
}
