#include "base/stack.h"

#include <pthread.h>
#include <stdbool.h>

struct call {
    void (*function)(void *);
    void *argument;
};

static void *run(void *argument)
{
    struct call *call = argument;
    call->function(call->argument);
    return NULL;
}

bool stack_run(void (*function)(void *), void *argument, size_t bytes)
{
    struct call call = {function, argument};
    pthread_attr_t attributes;
    pthread_t thread;
    pthread_attr_init(&attributes);
    bool started = pthread_attr_setstacksize(&attributes, bytes) == 0 &&
                   pthread_create(&thread, &attributes, run, &call) == 0;
    pthread_attr_destroy(&attributes);
    if (started)
        pthread_join(thread, NULL);
    return started;
}
