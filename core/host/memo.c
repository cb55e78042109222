/* Values that are computed once per host, however many threads ask. */
#include "host/private.h"

#include "host/notes.h"

struct memo {
    bool done;
    gpointer value;
    GDestroyNotify destroy;
    struct host_notes *notes; /* what failed while it was made */
};

void host_memo_init(struct host *host)
{
    g_mutex_init(&host->memo_lock);
    g_cond_init(&host->memo_ready);
    host->memo = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    host->memo_order = g_ptr_array_new();
}

void host_memo_clear(struct host *host)
{
    /* Last first: a value may borrow from those that it was made of. */
    for (guint i = host->memo_order->len; i > 0; i--) {
        struct memo *memo = g_ptr_array_index(host->memo_order, i - 1);
        if (memo->value && memo->destroy)
            memo->destroy(memo->value);
        host_notes_unref(memo->notes);
        g_free(memo);
    }
    g_ptr_array_unref(host->memo_order);
    g_hash_table_unref(host->memo);
    g_cond_clear(&host->memo_ready);
    g_mutex_clear(&host->memo_lock);
}

gpointer host_memo(struct host *host, const char *key, gpointer (*make)(struct host *host, gpointer data),
                   gpointer data, GDestroyNotify destroy)
{
    g_mutex_lock(&host->memo_lock);
    struct memo *memo = g_hash_table_lookup(host->memo, key);
    if (memo) {
        while (!memo->done)
            g_cond_wait(&host->memo_ready, &host->memo_lock);
        g_mutex_unlock(&host->memo_lock);
        host_notes_copy(memo->notes);
        return memo->value;
    }
    memo = g_new0(struct memo, 1);
    memo->destroy = destroy;
    g_hash_table_insert(host->memo, g_strdup(key), memo);
    g_mutex_unlock(&host->memo_lock);

    /* What nobody hears of now, the next who asks has to hear of. */
    memo->notes = host_notes_new();
    struct host_notes *before = host_notes_swap(memo->notes);
    gpointer value = make(host, data);
    host_notes_swap(before);
    host_notes_copy(memo->notes);

    g_mutex_lock(&host->memo_lock);
    memo->value = value;
    memo->done = true;
    g_ptr_array_add(host->memo_order, memo);
    g_cond_broadcast(&host->memo_ready);
    g_mutex_unlock(&host->memo_lock);
    return value;
}
