/*
 * log_exchange: what the server's log tells of an exchange.
 *
 * One line for each; with --verbose (LOG_LEVEL_DEBUG) the reasons of a refused
 * one behind it: its violations with their rules' places, twenty at most, or
 * what was wrong with its JSON, or what it was refused for otherwise.
 */
#ifndef MOCK_LOG_EXCHANGE_H
#define MOCK_LOG_EXCHANGE_H

#include "mock/exchange.h"

/* `complete`: the answer went out whole, `bytes` of body in `duration_ns`. Thread-safe. */
void log_exchange(const struct exchange *exchange, bool complete, uint64_t bytes,
                  uint64_t duration_ns);

#endif
