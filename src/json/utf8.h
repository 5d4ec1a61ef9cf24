/* utf8 has moved down to base/utf8.h, which logs and the journal need as well. */
#ifndef JSON_UTF8_H
#define JSON_UTF8_H

#include "base/utf8.h"

#endif
