/*
 * mem: heap allocation that cannot fail.
 *
 * Sizes, depths and counts that come from outside are bounded by limits before
 * anything is allocated for them, so running out of memory is not a condition
 * that a caller could mend: the program says so on stderr and ends.
 */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stddef.h>

/* malloc; never NULL. The caller frees with free(). */
void *mem_alloc(size_t size);

/* calloc(1, size); never NULL. */
void *mem_alloc_zero(size_t size);

/* realloc; never NULL. */
void *mem_realloc(void *old, size_t size);

/* A NUL-terminated copy of `len` bytes; never NULL. */
char *mem_copy_string(const char *text, size_t len);

/*
 * Returns freed memory to the system. The C library keeps it, in an arena per few threads, as
 * long as any block above it is in use: call this after much was freed. Takes milliseconds.
 */
void mem_give_back(void);

#endif
