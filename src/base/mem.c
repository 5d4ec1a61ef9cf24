#include "base/mem.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *checked(void *block, size_t size)
{
    if (block != NULL)
        return block;
    fprintf(stderr, "understudy: out of memory (%zu bytes wanted)\n", size);
    abort();
}

void *mem_alloc(size_t size)
{
    return checked(malloc(size > 0 ? size : 1), size);
}

void *mem_alloc_zero(size_t size)
{
    return checked(calloc(1, size > 0 ? size : 1), size);
}

void *mem_realloc(void *old, size_t size)
{
    return checked(realloc(old, size > 0 ? size : 1), size);
}

char *mem_copy_string(const char *text, size_t len)
{
    char *copy = mem_alloc(len + 1);
    if (len > 0)
        memcpy(copy, text, len);
    copy[len] = '\0';
    return copy;
}

void mem_give_back(void)
{
    malloc_trim(0);
}
