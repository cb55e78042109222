/* A program whose first thread ends while another one goes on: /proc/PID shows a zombie for as long as it runs. */
#include <pthread.h>
#include <unistd.h>

static void *go_on(void *unused)
{
    for (;;)
        pause();
    return unused;
}

int main(void)
{
    pthread_t thread;
    if (pthread_create(&thread, NULL, go_on, NULL) != 0)
        return 1;
    pthread_exit(NULL);
}
