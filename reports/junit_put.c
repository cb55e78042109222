#include "reports/junit_put.h"

#include "reports/escape.h"
#include "reports/view.h"

void junit_put_attribute(xmlTextWriterPtr xml, const char *name, const char *value)
{
    g_autoptr(GString) line = g_string_new(NULL);
    escape_visible(line, value, false);
    g_autofree char *legal = escape_xml(line->str, false);
    xmlTextWriterWriteAttribute(xml, X(name), X(legal));
}

void junit_put_token(xmlTextWriterPtr xml, const char *name, const char *value)
{
    g_auto(GStrv) words = g_strsplit_set(value ? value : "", " \t\r\n", -1);
    g_autoptr(GString) token = g_string_new(NULL);
    for (char **word = words; *word; word++)
        if (**word)
            g_string_append_printf(token, "%s%s", token->len ? " " : "", *word);
    junit_put_attribute(xml, name, token->len ? token->str : "-");
}

void junit_put_line(xmlTextWriterPtr xml, const char *name, const char *value)
{
    g_autofree char *one = g_strchomp(g_strdup(value));
    g_autofree char *bounded = escape_bounded(one, VIEW_OBSERVED_MAX);
    junit_put_attribute(xml, name, bounded);
}

void junit_put_count(xmlTextWriterPtr xml, const char *name, guint value)
{
    g_autofree char *text = g_strdup_printf("%u", value);
    junit_put_attribute(xml, name, text);
}

void junit_put_time(xmlTextWriterPtr xml, gint64 microseconds)
{
    char buffer[G_ASCII_DTOSTR_BUF_SIZE];
    junit_put_attribute(xml, "time", g_ascii_formatd(buffer, sizeof buffer, "%.3f", (double)microseconds / 1e6));
}

void junit_put_property(xmlTextWriterPtr xml, const char *name, const char *value)
{
    xmlTextWriterStartElement(xml, X("property"));
    junit_put_attribute(xml, "name", name);
    junit_put_attribute(xml, "value", value ? value : "");
    xmlTextWriterEndElement(xml);
}
