#include "cli/selection.h"

struct selection selection_of(const struct options *options)
{
    static const char *const of_images[] = {"image", "image-content", NULL};
    return (struct selection){
        .profiles = (const char *const *)options->profiles,
        .layers = (const char *const *)options->layers,
        .modules = (const char *const *)options->modules,
        .rules = (const char *const *)options->rules,
        .skip = (const char *const *)options->skip,
        .references = (const char *const *)options->references,
        .tags = (const char *const *)options->tags,
        .severity = options->severity,
        .sets = (const char *const *)options->sets,
        .network = options->network,
        .probes = options->images && *options->images ? of_images : NULL,
    };
}
