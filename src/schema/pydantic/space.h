/* space: blanks as Rust's str::trim knows them. */
#ifndef SCHEMA_PYDANTIC_SPACE_H
#define SCHEMA_PYDANTIC_SPACE_H

#include "base/str.h"

/* Without the characters of Unicode's White_Space at both ends. The text must be UTF-8. */
struct str pydantic_trim(struct str text);

#endif
