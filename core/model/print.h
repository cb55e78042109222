/* Trees as JSON text, without json-c's printer: numbers have no locale, and nothing is pretty. */
#pragma once

#include <glib.h>
#include <json-c/json.h>
#include <stdbool.h>

struct print_style {
    void (*text)(GString *out, const char *text, gsize n); /* appends a string literal, its quotes as well */
    bool sorted;                                           /* members in the order of their names, not in their own */
};

/* Appends a tree as compact JSON. */
void print_json(GString *out, const json_object *node, const struct print_style *style);

/* The shortest decimal number that reads back as `value`; "null" when it is not finite. */
void print_number(GString *out, double value);

/* As JSON demands, and nothing else escaped. */
void print_literal(GString *out, const char *text, gsize n);
