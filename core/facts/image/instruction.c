/* A "#" comment of a base system ("# debian.sh ...") becomes a RUN that calls nothing. */
#include "facts/image/instruction.h"

#include <glib.h>
#include <stdbool.h>
#include <string.h>

#define BLANKS " \t\r\n"

void image_instruction_clear(struct image_instruction *instruction)
{
    g_free(instruction->verb);
    g_free(instruction->text);
    g_free(instruction->args);
}

static bool is_verb(const char *word)
{
    static const char *const verbs[] = {
        "ADD",        "ARG",     "CMD", "COPY",  "ENTRYPOINT", "ENV",  "EXPOSE", "FROM",    "LABEL", "HEALTHCHECK",
        "MAINTAINER", "ONBUILD", "RUN", "SHELL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR", NULL};
    return g_strv_contains(verbs, word);
}

static bool take_verb(struct image_instruction *out, const char *text)
{
    text += strspn(text, BLANKS);
    g_autofree char *word = g_strndup(text, strcspn(text, BLANKS));
    if (!is_verb(word))
        return false;
    const char *rest = text + strlen(word);
    out->text = g_strdup(rest + strspn(rest, BLANKS));
    out->verb = g_steal_pointer(&word);
    return true;
}

/* "|2 A=b C=d /bin/sh -c command": the arguments go apart. */
static void split_run(struct image_instruction *out)
{
    const char *shell = strstr(out->text, "/bin/sh -c ");
    const char *command = shell ? shell + strlen("/bin/sh -c ") : out->text;
    if (*out->text == '|') {
        gsize n = shell ? (gsize)(shell - out->text) : strlen(out->text);
        out->args = g_strndup(out->text, n);
    } else if (shell && shell != out->text) {
        return; /* a shell inside a command */
    }
    char *text = g_strdup(command);
    g_free(out->text);
    out->text = text;
}

void image_instruction_parse(const char *recorded, struct image_instruction *out)
{
    *out = (struct image_instruction){NULL};
    g_autofree char *text = g_strstrip(g_utf8_make_valid(recorded, -1));
    if (g_str_has_suffix(text, "# buildkit"))
        text[strlen(text) - strlen("# buildkit")] = '\0';
    g_strchomp(text);
    const char *nop = strstr(text, "#(nop)");
    if (nop && take_verb(out, nop + strlen("#(nop)")))
        return;
    if (!take_verb(out, text)) {
        out->verb = g_strdup("RUN");
        out->text = g_strdup(text);
    }
    if (g_str_equal(out->verb, "RUN"))
        split_run(out);
}
