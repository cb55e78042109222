/* Recorded instructions of images, and the shell lines in them. A line an instruction. */
#include "look.h"

#include "facts/image/command.h"
#include "facts/image/history.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *text = g_strndup((const char *)data, size);
    g_auto(GStrv) lines = g_strsplit(text, "\n", 64);
    struct image_instructions said;
    image_read_history(lines, &said);
    image_instructions_clear(&said);
    g_auto(GStrv) words = image_command_words(text);
    for (char **word = words; word && *word; word++)
        image_command_is_address(*word);
    image_command_refreshes_alone(text);
    image_command_pipes_download(text);
    image_command_is_unverified(text);
    image_command_uses_sudo(text);
    image_command_leaves_cache(text);
    return 0;
}
