/* What a host wrote into an audit, without its secrets. What rules and waivers say is left as it is. */
#include "model/audit.h"
#include "model/secret.h"

static void hide(char **text)
{
    secret_hide_in(text, SECRET_SENTENCE);
}

static void hide_item(struct item_result *item)
{
    hide(&item->subject);
    hide(&item->reason);
    hide(&item->finding);
    hide(&item->source.path);
    hide(&item->source.process);
    hide(&item->source.api);
    for (guint i = 0; item->also && i < item->also->len; i++)
        hide_item(g_ptr_array_index(item->also, i));
}

static void hide_result(struct result *result)
{
    hide(&result->reason);
    hide(&result->cause);
    hide(&result->remediation);
    for (guint i = 0; i < result->items->len; i++)
        hide_item(g_ptr_array_index(result->items, i));
}

static void hide_abilities(struct ability_table *table)
{
    for (guint i = 0; i < table->columns->len; i++)
        hide(&((struct ability_column *)g_ptr_array_index(table->columns, i))->unknown);
    for (guint i = 0; i < table->rows->len; i++)
        hide(&((struct ability_row *)g_ptr_array_index(table->rows, i))->subject);
}

/* A value that was set may be one with a secret's name. */
static void hide_fact(struct fact *fact)
{
    if (secret_name(fact->name) && !secret_is_open(fact->value)) {
        g_autofree char *value = fact->value;
        fact->value = secret_placeholder(strlen(value));
    }
    hide(&fact->value);
}

void audit_hide_secrets(struct audit *audit)
{
    hide(&audit->host.name);
    hide(&audit->host.os);
    hide(&audit->host.kernel);
    hide(&audit->sandbox.note);
    for (guint i = 0; i < audit->values->len; i++)
        hide_fact(g_ptr_array_index(audit->values, i));
    for (guint i = 0; i < audit->results->len; i++)
        hide_result(g_ptr_array_index(audit->results, i));
    hide_abilities(&audit->abilities);
    for (guint i = 0; i < audit->errors->len; i++) {
        struct run_error *error = g_ptr_array_index(audit->errors, i);
        hide(&error->where);
        hide(&error->message);
    }
}
