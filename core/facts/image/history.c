/* Each instruction is read once and put to every question. */
#include "facts/image/history.h"

#include "facts/image/command.h"
#include "facts/image/redact.h"

#include <glib.h>
#include <string.h>

/* Instructions that are read; a Dockerfile has at most a few hundred. No list gets more than one text of each. */
#define HISTORY_MAX 2000

static bool is_remote(const char *text)
{
    g_auto(GStrv) words = image_command_words(text);
    for (char **word = words; word[0] && word[1]; word++) /* not the destination */
        if (image_command_is_address(*word) || g_str_has_prefix(*word, "git@"))
            return true;
    return false;
}

static bool goes_to_top(const char *text)
{
    g_auto(GStrv) words = image_command_words(text);
    guint n = g_strv_length(words);
    return n > 0 && g_str_equal(words[n - 1], "/");
}

static void note(json_object *list, const char *text)
{
    json_object_array_add(list, json_object_new_string(text));
}

/* `first`: nothing before it put a file into the image. What then is unpacked to / is the base system. */
static void judge_add(const struct image_instruction *instruction, const char *text, bool first,
                      struct image_instructions *out)
{
    if (!g_str_equal(instruction->verb, "ADD"))
        return;
    bool remote = is_remote(instruction->text);
    if (remote)
        note(out->remote_add, text);
    if (remote || !first || !goes_to_top(instruction->text))
        note(out->add, text);
}

static void judge_run(const struct image_instruction *instruction, const char *text, struct image_instructions *out)
{
    const struct {
        bool (*is)(const char *text);
        json_object *list;
    } questions[] = {
        {image_command_refreshes_alone, out->refresh_alone}, {image_command_pipes_download, out->piped},
        {image_command_is_unverified, out->unverified},      {image_command_uses_sudo, out->sudo},
        {image_command_leaves_cache, out->cache_left},
    };
    if (!g_str_equal(instruction->verb, "RUN"))
        return;
    for (size_t i = 0; i < G_N_ELEMENTS(questions); i++)
        if (questions[i].is(instruction->text))
            note(questions[i].list, text);
}

static bool writes_files(const char *verb)
{
    return g_str_equal(verb, "ADD") || g_str_equal(verb, "COPY") || g_str_equal(verb, "RUN");
}

void image_instructions_clear(struct image_instructions *said)
{
    json_object *const lists[] = {said->all,        said->add,  said->remote_add, said->refresh_alone, said->piped,
                                  said->unverified, said->sudo, said->cache_left, said->secrets};
    for (size_t i = 0; i < G_N_ELEMENTS(lists); i++)
        json_object_put(lists[i]);
}

void image_read_history(char **history, struct image_instructions *out)
{
    json_object **const lists[] = {&out->all,        &out->add,  &out->remote_add, &out->refresh_alone, &out->piped,
                                   &out->unverified, &out->sudo, &out->cache_left, &out->secrets};
    for (size_t i = 0; i < G_N_ELEMENTS(lists); i++)
        *lists[i] = json_object_new_array();
    bool first = true;
    guint n = g_strv_length(history);
    out->cut = n > HISTORY_MAX;
    for (const char *const *end = (const char *const *)history + MIN(n, HISTORY_MAX);
         (const char *const *)history < end; history++) {
        struct image_instruction instruction;
        image_instruction_parse(*history, &instruction);
        g_autofree char *text = image_instruction_redact(&instruction, out->secrets);
        note(out->all, text);
        judge_add(&instruction, text, first, out);
        judge_run(&instruction, text, out);
        first &= !writes_files(instruction.verb);
        image_instruction_clear(&instruction);
    }
    out->cut |= json_object_array_length(out->secrets) > IMAGE_SECRETS_MAX;
}
