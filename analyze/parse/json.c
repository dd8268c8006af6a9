/* SPDX-License-Identifier: MIT */
#include "parse/json.h"

#include "base/arena.h"
#include "base/num.h"

enum { DEPTH = 8 }; /* collect nests two levels */

static void skip_blanks(struct span *s)
{
    while (s->n && (*s->p == ' ' || *s->p == '\t' || *s->p == '\r' || *s->p == '\n'))
        *s = span_skip(*s, 1);
}

static bool is_hex(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* Eats a string with its quotes. */
static bool skip_string(struct span *s)
{
    size_t i = 1;
    if (s->n < 2 || s->p[0] != '"')
        return false;
    for (; i < s->n && s->p[i] != '"'; i++) {
        if ((unsigned char)s->p[i] < 0x20)
            return false;
        if (s->p[i] != '\\')
            continue;
        if (++i >= s->n)
            return false;
        if (s->p[i] == 'u') {
            for (unsigned k = 1; k <= 4; k++)
                if (i + k >= s->n || !is_hex(s->p[i + k]))
                    return false;
            i += 4;
        } else if (span_find_char(SPAN_LIT("\"\\/bfnrt"), s->p[i]) == 8) {
            return false;
        }
    }
    if (i >= s->n)
        return false;
    *s = span_skip(*s, i + 1);
    return true;
}

/* Integers only: nothing that collect writes has a fraction. */
static bool skip_number(struct span *s)
{
    struct span rest = *s;
    uint64_t number;
    span_eat(&rest, "-");
    if (!num_eat_u64(&rest, &number))
        return false;
    *s = rest;
    return true;
}

static bool skip_value(struct span *s, unsigned depth);

static bool skip_list(struct span *s, char close, unsigned depth)
{
    *s = span_skip(*s, 1);
    for (bool first = true;; first = false) {
        skip_blanks(s);
        if (s->n && *s->p == close && first)
            break;
        if (close == '}') {
            if (!skip_string(s))
                return false;
            skip_blanks(s);
            if (!span_eat(s, ":"))
                return false;
        }
        if (!skip_value(s, depth - 1))
            return false;
        skip_blanks(s);
        if (s->n && *s->p == close)
            break;
        if (!span_eat(s, ","))
            return false;
    }
    *s = span_skip(*s, 1);
    return true;
}

static bool skip_value(struct span *s, unsigned depth)
{
    skip_blanks(s);
    if (s->n == 0 || depth == 0)
        return false;
    if (*s->p == '"')
        return skip_string(s);
    if (*s->p == '{')
        return skip_list(s, '}', depth);
    if (*s->p == '[')
        return skip_list(s, ']', depth);
    return span_eat(s, "true") || span_eat(s, "false") || span_eat(s, "null") || skip_number(s);
}

bool object_of(struct span text, struct json_object *ret_object)
{
    struct span s = text;
    ret_object->n = 0;
    skip_blanks(&s);
    if (!span_eat(&s, "{"))
        return false;
    for (bool more = true; more;) {
        skip_blanks(&s);
        if (ret_object->n == 0 && span_eat(&s, "}"))
            break;
        struct span key = s, value;
        if (!skip_string(&s))
            return false;
        key = span_slice(key, 1, key.n - s.n - 1);
        skip_blanks(&s);
        if (!span_eat(&s, ":"))
            return false;
        skip_blanks(&s);
        value = s;
        if (!skip_value(&s, DEPTH))
            return false;
        if (ret_object->n < JSON_PAIRS)
            ret_object->pairs[ret_object->n++] =
                (struct json_pair){key, span_slice(value, 0, value.n - s.n)};
        skip_blanks(&s);
        more = span_eat(&s, ",");
        if (!more && !span_eat(&s, "}"))
            return false;
    }
    skip_blanks(&s);
    return s.n == 0;
}

static struct span find(const struct json_object *object, const char *key)
{
    for (size_t i = 0; i < object->n; i++)
        if (span_is(object->pairs[i].key, key))
            return object->pairs[i].value;
    return SPAN_NONE;
}

/* collect writes valid UTF-8 as it is and escapes single bytes only: \u00ff is the byte 0xff. */
static size_t put_utf8(char *out, uint32_t c)
{
    if (c < 0x100) {
        out[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        out[0] = (char)(0xc0 | c >> 6);
        out[1] = (char)(0x80 | (c & 0x3f));
        return 2;
    }
    if (c < 0x10000) {
        out[0] = (char)(0xe0 | c >> 12);
        out[1] = (char)(0x80 | (c >> 6 & 0x3f));
        out[2] = (char)(0x80 | (c & 0x3f));
        return 3;
    }
    out[0] = (char)(0xf0 | c >> 18);
    out[1] = (char)(0x80 | (c >> 12 & 0x3f));
    out[2] = (char)(0x80 | (c >> 6 & 0x3f));
    out[3] = (char)(0x80 | (c & 0x3f));
    return 4;
}

static uint32_t hex4(struct span s)
{
    uint64_t value = 0;
    num_hex(span_slice(s, 0, 4), &value);
    return (uint32_t)value;
}

/* Copies the inside of a checked string. An escape is never shorter than what it stands for. */
static struct span unescape(struct span s, struct arena *arena)
{
    char *out = arena_alloc(arena, s.n + 1);
    size_t n = 0;
    while (s.n) {
        if (*s.p != '\\') {
            out[n++] = *s.p;
            s = span_skip(s, 1);
            continue;
        }
        static const char from[] = "bfnrt", to[] = "\b\f\n\r\t";
        char c = s.p[1];
        s = span_skip(s, 2);
        size_t at = span_find_char(SPAN_LIT(from), c);
        if (c != 'u') {
            out[n++] = at < sizeof(from) - 1 ? to[at] : c;
            continue;
        }
        uint32_t code = hex4(s);
        s = span_skip(s, 4);
        if (code >= 0xd800 && code < 0xdc00 && s.n >= 6 && span_starts(s, "\\u")) {
            uint32_t low = hex4(span_skip(s, 2));
            if (low >= 0xdc00 && low < 0xe000) {
                code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
                s = span_skip(s, 6);
            }
        }
        n += put_utf8(out + n, code);
    }
    return (struct span){out, n};
}

bool object_text(const struct json_object *object, const char *key, struct arena *arena,
                 struct span *ret_text)
{
    struct span value = find(object, key);
    if (value.n < 2 || *value.p != '"')
        return false;
    value = span_slice(value, 1, value.n - 1);
    *ret_text = span_find_char(value, '\\') == value.n ? value : unescape(value, arena);
    return true;
}

bool object_number(const struct json_object *object, const char *key, int64_t *ret_number)
{
    return num_i64(find(object, key), ret_number);
}

bool object_bool(const struct json_object *object, const char *key, bool *ret_value)
{
    struct span value = find(object, key);
    *ret_value = span_is(value, "true");
    return *ret_value || span_is(value, "false");
}

bool object_sub(const struct json_object *object, const char *key, struct json_object *ret_object)
{
    return object_of(find(object, key), ret_object);
}
