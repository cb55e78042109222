/* Typed values: how a parameter or an item field is declared, and how texts of those types are read. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

enum value_type {
    VALUE_ANY, /* decided by what was observed and by the operand it is compared with */
    VALUE_STRING,
    VALUE_BOOL,
    VALUE_NUMBER,   /* integer or decimal */
    VALUE_SIZE,     /* bytes; texts may carry K M G T (1024) or Ki Mi Gi Ti, or kB MB GB (1000), B ignored */
    VALUE_DURATION, /* seconds; texts as Go (1h30m, 300ms), systemd and sshd (5min, 2h, 1w) write them */
    VALUE_MODE,     /* permission bits; texts are octal ("0644"), also written as a number in JSON */
    VALUE_VERSION,  /* dotted version, compared like dpkg compares upstream versions, epoch and revision included */
    VALUE_SET,      /* a JSON array of strings without order */
    VALUE_LIST,     /* a JSON array with order, any members */
    VALUE_MAP,      /* a JSON object */
    VALUE_TYPE_COUNT
};

const char *value_type_name(enum value_type type);

/* Decimal digits only, at most `max`. False on an empty text, a sign, other bytes or overflow. */
bool value_parse_u64(const char *text, uint64_t max, uint64_t *out);
/* Decimal, optional leading minus. */
bool value_parse_i64(const char *text, int64_t *out);
/* Bytes of a size text ("64M", "1.5GiB", "4096"). */
bool value_parse_size(const char *text, uint64_t *out);
/* Seconds of a duration text ("90", "1h30m", "5 min", "300ms", "1w"). A bare number is seconds. */
bool value_parse_duration(const char *text, double *out);
/* Octal permission bits, at most 07777. */
bool value_parse_mode(const char *text, unsigned *out);
/* For sorting arrays of texts by their bytes: `a` and `b` point to char pointers. */
int value_order_texts(const void *a, const void *b);
/* Negative, zero, positive like strcmp; Debian policy 5.6.12 order: digits numerically, ~ before everything. */
int value_compare_versions(const char *a, const char *b);
