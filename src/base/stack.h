/*
 * stack: running a function on a larger stack than the thread has.
 *
 * civetweb gives its workers 100 KB. Work that follows the depth of a client's
 * document stays shallow nearly always; the rare deep one is run here.
 */
#ifndef BASE_STACK_H
#define BASE_STACK_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Calls function(argument) on a thread with a stack of `bytes` and waits for
 * it. If no such thread can be made the function is not called and false is
 * returned.
 */
bool stack_run(void (*function)(void *), void *argument, size_t bytes);

#endif
