#include "engine/compiled.h"

#include "engine/load_folders.h"
#include "engine/operators.h"
#include "formats/format.h"

#include <string.h>

/* FNV-1a over words of eight bytes, with a turn that lets high bits reach low ones. */
uint64_t compiled_sum(const void *bytes, size_t n, uint64_t sum)
{
    const uint64_t prime = UINT64_C(0x100000001b3);
    const uint8_t *at = bytes;
    sum = (sum ^ n) * prime;
    for (; n >= 8; n -= 8, at += 8) {
        uint64_t word = 0;
        memcpy(&word, at, sizeof word);
        sum = (sum ^ GUINT64_FROM_LE(word)) * prime;
        sum ^= sum >> 29;
    }
    for (; n; n--, at++)
        sum = (sum ^ *at) * prime;
    return sum ^ sum >> 32;
}

static uint64_t sum_text(const char *text, uint64_t sum)
{
    return compiled_sum(text ? text : "", text ? strlen(text) : 0, sum);
}

static uint64_t sum_number(unsigned number, uint64_t sum)
{
    uint32_t word = GUINT32_TO_LE(number);
    return compiled_sum(&word, sizeof word, sum);
}

static uint64_t sum_probe(const struct probe *probe, uint64_t sum)
{
    sum = sum_number(probe->needs, sum_text(probe->name, sum));
    for (const struct probe_param *param = probe->params; param->name; param++)
        sum = sum_text(param->choices,
                       sum_number((unsigned)param->type << 1 | param->required, sum_text(param->name, sum)));
    for (const struct probe_field *field = probe->fields; field->name; field++)
        sum = sum_number(field->type, sum_text(field->name, sum));
    return sum;
}

uint64_t compiled_program(void)
{
    size_t count = 0;
    uint64_t sum = sum_text(PLUMBLINE_VERSION, COMPILED_MAGIC);
    const struct probe *const *probes = probe_all(&count);
    for (size_t i = 0; i < count; i++)
        sum = sum_probe(probes[i], sum);
    for (int i = 0; i < OP_COUNT; i++)
        sum = sum_number(operator_row((enum matcher_operator)i)->types,
                         sum_text(operator_row((enum matcher_operator)i)->name, sum));
    const struct format *const *formats = format_all(&count);
    for (size_t i = 0; i < count; i++)
        sum = sum_number(formats[i]->shape, sum_text(formats[i]->name, sum));
    return sum;
}

/* False when it could not be read. */
static bool sum_file(const char *path, const char *name, uint64_t *sum)
{
    gsize n = 0;
    g_autofree char *text = content_read_file(path, &n, NULL);
    if (text)
        *sum = compiled_sum(text, n, sum_text(name, *sum));
    return text != NULL;
}

uint64_t compiled_folder(const char *directory)
{
    uint64_t sum = COMPILED_MAGIC;
    bool whole = true;
    for (const char *const *folder = load_folders; whole && *folder; folder++) {
        g_autofree char *path = g_build_filename(directory, *folder, NULL);
        g_autoptr(GPtrArray) names = load_names_in(path, NULL);
        sum = sum_text(*folder, sum);
        for (guint i = 0; whole && names && i < names->len; i++) {
            const char *name = g_ptr_array_index(names, i);
            g_autofree char *file = g_build_filename(path, name, NULL);
            whole = sum_file(file, name, &sum);
        }
    }
    return whole ? sum : 0;
}
