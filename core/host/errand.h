/* Calls to the kernel that may never come back: a lookup on a FUSE or network file system whose server is silent. They
 * are made by threads of their own, which the caller waits for with patience and leaves behind when it is over. */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* What is to be done, and what it needs: owned by whoever is last to need it, so that nothing in it may belong to the
 * caller's stack. */
struct errand {
    void (*run)(struct errand *errand);
    void (*free)(struct errand *errand); /* of the whole of it, what it found included */
    gint refs;                           /* of this floor */
};

struct errands;

struct errands *errands_new(void);
/* False: threads were left behind, which stay, and with them what they still need. */
bool errands_free(struct errands *errands);

enum errand_end {
    ERRAND_DONE,
    ERRAND_LATE,      /* it was left behind */
    ERRAND_NO_THREAD, /* nobody could be sent; it was not begun */
};

/* Runs an errand and waits for at most `patience` microseconds. When it is done the caller takes what it found out of
 * it; in every case the caller ends with errand_unref(). */
enum errand_end errands_run(struct errands *errands, struct errand *errand, gint64 patience);
void errand_unref(struct errand *errand);
