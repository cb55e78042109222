/* Device rules of a stated container as the program that a runtime would make of them. Private to this floor. */
#pragma once

#include <glib.h>
#include <json-c/json.h>

/* The instructions for rules in the form of devices.list ("c 1:3 rwm"), as hexadecimal digits: whatever no rule allows
 * is denied. Caller frees; NULL with error, for one that is none. */
char *inline_device_program(const json_object *rules, GError **error);
