/* Attributes and small elements of a JUnit file, their values made visible and legal XML. */
#pragma once

#include <glib.h>
#include <libxml/xmlwriter.h>

static inline const xmlChar *X(const char *text)
{
    return (const xmlChar *)text;
}

void junit_put_attribute(xmlTextWriterPtr xml, const char *name, const char *value);
/* xs:token: no line ends, no spaces around or doubled. */
void junit_put_token(xmlTextWriterPtr xml, const char *name, const char *value);
/* Bounded, for messages. */
void junit_put_line(xmlTextWriterPtr xml, const char *name, const char *value);
void junit_put_count(xmlTextWriterPtr xml, const char *name, guint value);
/* The attribute "time", in seconds: "1.204". */
void junit_put_time(xmlTextWriterPtr xml, gint64 microseconds);
/* <property name="" value=""/> */
void junit_put_property(xmlTextWriterPtr xml, const char *name, const char *value);
