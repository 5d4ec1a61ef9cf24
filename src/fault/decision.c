/*
 * decision: what a decision comes to on the wire, and how the journal writes it.
 */
#include "fault/decide.h"

#include <stdio.h>

static uint64_t at_most(uint64_t number, uint64_t most)
{
    return number < most ? number : most;
}

/* So many pieces in so much time: pieces of one size, with the same pause after each. */
static void spread_pieces(const struct fault_decision *decision, uint64_t body_length,
                          struct fault_transport *transport)
{
    uint64_t pieces = decision->drip_pieces;
    if (pieces == 0 || body_length == 0)
        return;
    pieces = at_most(pieces, body_length);
    transport->drip_bytes = (body_length - 1) / pieces + 1;
    transport->drip_every_us = decision->drip_over_us / pieces;
}

struct fault_transport fault_decision_transport(const struct fault_decision *decision,
                                                uint64_t body_length)
{
    struct fault_transport transport = decision->transport;
    transport.byte = at_most(transport.byte, body_length);
    if (decision->truncate_fraction > 0)
        transport.truncate_at = (uint64_t)(decision->truncate_fraction * (double)body_length);
    if (transport.truncate_at >= body_length)
        transport.truncate = false; /* there is nothing to cut off */
    spread_pieces(decision, body_length, &transport);
    return transport;
}

/* --- JSON -------------------------------------------------------------------------- */

static void put_uint(struct json_writer *writer, const char *name, uint64_t number)
{
    char digits[24];
    snprintf(digits, sizeof digits, "%llu", (unsigned long long)number);
    json_put_key(writer, name);
    json_put_raw(writer, str_from(digits));
}

static void put_text(struct json_writer *writer, const char *name, const char *text)
{
    json_put_key(writer, name);
    json_put_text(writer, text);
}

static void write_answer(const struct fault_decision *decision, struct json_writer *writer)
{
    if (decision->status != 0)
        put_uint(writer, "status", (uint64_t)decision->status);
    if (decision->has_body)
        put_uint(writer, "body_bytes", decision->body.len);
    if (decision->header_count > 0) {
        json_put_key(writer, "headers");
        json_begin_array(writer);
        for (size_t i = 0; i < decision->header_count; i++) {
            json_begin_array(writer);
            json_put_string(writer, decision->headers[i].name);
            json_put_string(writer, decision->headers[i].value);
            json_end_array(writer);
        }
        json_end_array(writer);
    }
    if (decision->violate == 0)
        return;
    json_put_key(writer, "violate");
    json_begin_array(writer);
    for (unsigned bit = 0; bit < FAULT_VIOLATION_COUNT; bit++)
        if ((decision->violate >> bit & 1) != 0)
            json_put_text(writer, fault_violation_name((enum fault_violation)(1u << bit)));
    json_end_array(writer);
}

static void write_drip(const struct fault_decision *decision, struct json_writer *writer)
{
    const struct fault_transport *transport = &decision->transport;
    if (transport->drip_bytes == 0 && decision->drip_pieces == 0)
        return;
    json_put_key(writer, "drip");
    json_begin_object(writer);
    if (decision->drip_pieces > 0) {
        put_uint(writer, "pieces", decision->drip_pieces);
        put_uint(writer, "over_us", decision->drip_over_us);
    } else {
        put_uint(writer, "bytes", transport->drip_bytes);
        put_uint(writer, "every_us", transport->drip_every_us);
    }
    json_end_object(writer);
}

static void write_transport(const struct fault_decision *decision, struct json_writer *writer)
{
    static const char *const acts[] = {
        [FAULT_SEND] = "send", [FAULT_RESET] = "reset", [FAULT_CLOSE] = "close",
        [FAULT_HANG] = "hang", [FAULT_EMPTY] = "empty", [FAULT_GARBAGE] = "garbage",
    };
    static const char *const places[] = {
        [FAULT_AT_ACCEPT] = "accept",
        [FAULT_AT_HEAD] = "head",
        [FAULT_AT_BYTE] = "byte",
        [FAULT_AT_END] = "end",
    };
    const struct fault_transport *transport = &decision->transport;
    put_uint(writer, "delay_us", transport->delay_us);
    if (transport->act != FAULT_SEND) {
        put_text(writer, "connection", acts[transport->act]);
        put_text(writer, "at", places[transport->at]);
        if (transport->at == FAULT_AT_BYTE)
            put_uint(writer, "byte", transport->byte);
        if (transport->act == FAULT_GARBAGE)
            put_uint(writer, "garbage_seed", transport->garbage_seed);
    }
    if (transport->truncate && decision->truncate_fraction > 0) {
        json_put_key(writer, "truncate_fraction");
        json_put_double(writer, decision->truncate_fraction);
    } else if (transport->truncate) {
        put_uint(writer, "truncate", transport->truncate_at);
    }
    write_drip(decision, writer);
}

void fault_decision_write_json(const struct fault_decision *decision, struct json_writer *writer)
{
    json_begin_object(writer);
    json_put_key(writer, "rule");
    json_put_string(writer, decision->rule);
    put_uint(writer, "match", decision->match_number);
    put_uint(writer, "seed", decision->seed);
    if (decision->drawn) {
        json_put_key(writer, "draw");
        json_put_double(writer, decision->draw);
    }
    json_put_key(writer, "act");
    json_put_bool(writer, decision->act);
    write_answer(decision, writer);
    write_transport(decision, writer);
    json_end_object(writer);
}
