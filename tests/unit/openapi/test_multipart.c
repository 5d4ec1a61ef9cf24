#include "media_text.h"

static const char *multipart_bytes(const char *description, const char *content_type,
                                   struct str body)
{
    struct arena arena;
    const char *problem = NULL;
    const struct media_type *media = media_from(description);
    arena_init(&arena, 1024, NULL);
    const struct json_node *node =
        multipart_read(media, str_from(content_type), body, &arena, &problem);
    const char *answer = media_answer(node, problem);
    arena_clear(&arena);
    return answer;
}

static const char *multipart(const char *description, const char *body)
{
    return multipart_bytes(description, "multipart/form-data; boundary=b", str_from(body));
}

#define same(actual, expected) assert_string_equal((actual), (expected))

#define PET                                                                                        \
    "schema: {type: object, properties: {id: {type: integer}, name: {type: string}, "              \
    "tags: {type: array, items: {type: string}}, owner: {type: object, properties: {age: "         \
    "{type: integer}}}, photo: {type: string, format: binary}}}"

#define PART(name, value)                                                                          \
    "--b\r\nContent-Disposition: form-data; name=\"" name "\"\r\n\r\n" value "\r\n"
#define TYPED(name, type, value)                                                                   \
    "--b\r\nContent-Disposition: form-data; name=\"" name "\"\r\nContent-Type: " type              \
    "\r\n\r\n" value "\r\n"
#define END "--b--\r\n"

static void parts_become_members(void **state)
{
    (void)state;
    same(multipart(PET, PART("name", "Tom") PART("id", "5") END), "{\"id\":5,\"name\":\"Tom\"}");
    same(multipart(PET, PART("x", "1") PART("name", "a\r\nb\r\n--c") END),
         "{\"name\":\"a\\r\\nb\\r\\n--c\",\"x\":\"1\"}");
    same(multipart(PET, PART("name", "") END), "{\"name\":\"\"}");
    same(multipart(PET, PART("name", "100%25+x") END), "{\"name\":\"100%25+x\"}");
    same(multipart(PET, PART("tags", "a") PART("tags", "b") END), "{\"tags\":[\"a\",\"b\"]}");
    same(multipart(PET, PART("tags", "a") END), "{\"tags\":[\"a\"]}");
    same(multipart(PET, PART("name", "a") PART("name", "b") END), "{\"name\":\"b\"}");
    same(multipart(PET, "--b--"), "{}");
    same(multipart(PET, PART("owner[age]", "5") END), "{\"owner\":{\"age\":5}}");
}

static void types_and_encoding_decide(void **state)
{
    (void)state;
    same(multipart(PET, TYPED("owner", "application/json", "{\"age\": 5}") END),
         "{\"owner\":{\"age\":5}}");
    same(multipart(PET, TYPED("name", "application/json; charset=utf-8", "\"x\"") END),
         "{\"name\":\"x\"}");
    same(multipart(PET, TYPED("owner", "application/json", "{\"age\"") END),
         "{\"owner\":\"{\\\"age\\\"\"}");
    same(multipart(PET, PART("owner", "{\"age\": 5}") END), "{\"owner\":{\"age\":5}}");
    same(multipart(PET ", encoding: {tags: {style: form, explode: false}}",
                   PART("tags", "a,b%2Cc") END),
         "{\"tags\":[\"a\",\"b%2Cc\"]}");
    same(multipart(PET ", encoding: {owner: {style: deepObject}}", PART("owner[age]", "5") END),
         "{\"owner\":{\"age\":5}}");
    same(multipart(PET ", encoding: {name: {contentType: application/json}}",
                   PART("name", "\"x\"") END),
         "{\"name\":\"x\"}");
}

static void a_part_must_be_of_its_declared_type(void **state)
{
    (void)state;
#define PHOTO PET ", encoding: {photo: {contentType: 'image/png, image/jp*, audio/*'}}"
    same(multipart(PHOTO, TYPED("photo", "image/png", "x") END), "{\"photo\":\"x\"}");
    same(multipart(PHOTO, TYPED("photo", "audio/ogg", "x") END), "{\"photo\":\"x\"}");
    same(multipart(PHOTO, TYPED("photo", "application/octet-stream", "x") END),
         "{\"photo\":\"x\"}");
    same(multipart(PHOTO, PART("photo", "x") END), "{\"photo\":\"x\"}");
    same(multipart(PHOTO, TYPED("photo", "text/plain", "x") END),
         "refused: The part \"photo\" is of type text/plain, not image/png, image/jp*, audio/*");
}

static void bytes_are_kept(void **state)
{
    (void)state;
    static const char body[] = PART("photo", "\x89PNG\0\r\n\x1a\xff\r\n-\r\n--a") END;
    struct arena arena;
    const char *problem = NULL;
    const struct media_type *media = media_from(PET);
    arena_init(&arena, 1024, NULL);
    struct str bytes = str_make(body, sizeof body - 1);
    const struct json_node *node = multipart_read(
        media, str_from("multipart/form-data;boundary=\"b\""), bytes, &arena, &problem);
    assert_non_null(node);
    const struct json_node *photo = json_member(node, "photo");
    struct str raw = json_source_text(photo);
    assert_int_equal(raw.len, 17);
    assert_memory_equal(raw.data, "\x89PNG\0\r\n\x1a\xff\r\n-\r\n--a", raw.len);
    struct str text = json_text(photo);
    assert_int_equal(text.len, 19); /* two bytes more: U+0089 and U+00FF */
    assert_memory_equal(text.data, "\xc2\x89PNG\0\r\n\x1a\xc3\xbf\r\n-", 14);
    arena_clear(&arena);
}

static void the_frame_may_have_loose_ends(void **state)
{
    (void)state;
    same(multipart(PET, "preamble\r\n" PART("name", "x") "--b--\r\nepilogue\r\n--b\r\n"),
         "{\"name\":\"x\"}");
    same(multipart(PET, "--bb\r\n" PART("name", "x") END), "{\"name\":\"x\"}");
    same(multipart(PET,
                   "--b \t\r\ncontent-DISPOSITION:form-data ;NAME=name\r\nX: y\r\n\r\nx\r\n--b--"),
         "{\"name\":\"x\"}");
    same(multipart(PET, PART("name", "x\r\n--bc\r\n--b-\r\n--b x") END),
         "{\"name\":\"x\\r\\n--bc\\r\\n--b-\\r\\n--b x\"}");
    same(multipart(PET, "--b\r\nContent-Disposition: form-data; name=name\r\n\r\n--b--"),
         "{\"name\":\"\"}");
    same(multipart(PET, "--b\r\nContent-Disposition: form-data; name=\"a\\\"b\"\r\n\r\nx\r\n" END),
         "{\"a\\\"b\":\"x\"}");
    same(multipart_bytes(PET, "multipart/form-data; boundary=\"a b?\"",
                         str_from("--a b?\r\nContent-Disposition: form-data; name=id\r\n\r\n5\r\n"
                                  "--a b?--")),
         "{\"id\":5}");
}

static void what_is_no_multipart_is_refused(void **state)
{
    (void)state;
    static const char boundary[] =
        "refused: Content-Type names no boundary, or one that RFC 2046 does not allow";
    same(multipart_bytes(PET, "multipart/form-data", str_from("x")), boundary);
    same(multipart_bytes(PET, "multipart/form-data; boundary=", str_from("x")), boundary);
    same(multipart_bytes(PET, "multipart/form-data; boundary=\"a \"", str_from("x")), boundary);
    same(multipart_bytes(PET, "multipart/form-data; boundary=a\"b", str_from("x")), boundary);
    same(multipart_bytes(PET,
                         "multipart/form-data; boundary="
                         "01234567890123456789012345678901234567890123456789012345678901234567890",
                         str_from("x")),
         boundary);
    static const char absent[] =
        "refused: The body does not contain the boundary that Content-Type names";
    same(multipart(PET, ""), absent);
    same(multipart(PET, "{}"), absent);
    same(multipart(PET, "--b"), absent);
    same(multipart(PET, "--c\r\n\r\n--c--"), absent);
    same(multipart(PET, "--b\nContent-Disposition: form-data; name=a\n\nx\n--b--\n"), absent);
    static const char unfinished[] = "refused: The body ends before its closing boundary";
    same(multipart(PET, "--b\r\n"), unfinished);
    same(multipart(PET, PART("name", "x")), unfinished);
    same(multipart(PET, PART("name", "x") "--b-"), unfinished);
    same(multipart(PET, "--b\r\n\r\nx\r\n" END),
         "refused: A part has no \"Content-Disposition: form-data\"");
    same(multipart(PET, "--b\r\nContent-Disposition: attachment; name=a\r\n\r\nx\r\n" END),
         "refused: A part has no \"Content-Disposition: form-data\"");
    same(multipart(PET, "--b\r\nContent-Disposition: form-data; filename=a\r\n\r\nx\r\n" END),
         "refused: A part has no name in its Content-Disposition");
    same(multipart(PET, "--b\r\nno header\r\n\r\nx\r\n" END),
         "refused: A part has a header line without a colon");
    same(multipart(PET, "--b\r\nA: b\r\nc\r\n" END),
         "refused: A part has no empty line after its headers");
    same(multipart(PET, "--b\r\nContent-Disposition: form-data; name=a\r\n"
                        "Content-Transfer-Encoding: base64\r\n\r\neA==\r\n" END),
         "refused: A part has a Content-Transfer-Encoding, which RFC 7578 abolished");
    same(multipart(PET, "--b\r\nContent-Disposition: form-data; name=a\r\n"
                        "Content-Transfer-Encoding: Binary\r\n\r\nx\r\n" END),
         "{\"a\":\"x\"}");
}

static void parts_headers_and_lines_are_counted(void **state)
{
    (void)state;
    struct buf body;
    buf_init(&body, NULL);
    for (int i = 0; i <= MULTIPART_MAX_PARTS; i++)
        buf_add_text(&body, PART("x", "1"));
    buf_add_text(&body, END);
    same(multipart_bytes(PET, "a/b; boundary=b", buf_str(&body)),
         "refused: The body has too many parts");
    body.len = 0;
    buf_add_text(&body, "--b\r\n");
    for (int i = 0; i < 40; i++)
        buf_add_text(&body, "A: b\r\n");
    buf_add_text(&body, "\r\nx\r\n" END);
    same(multipart_bytes(PET, "a/b; boundary=b", buf_str(&body)),
         "refused: A part has too many headers");
    body.len = 0;
    buf_add_text(&body, "--b\r\nA: ");
    for (int i = 0; i < 5000; i++)
        buf_add_char(&body, 'x');
    buf_add_text(&body, "\r\n\r\nx\r\n" END);
    same(multipart_bytes(PET, "a/b; boundary=b", buf_str(&body)),
         "refused: A part has a header line that is too long");
    buf_free(&body);
}

/* Line breaks and near-delimiters by the hundred thousand take no time worth naming. */
static void hostile_bodies_are_cheap(void **state)
{
    (void)state;
    struct buf body;
    buf_init(&body, NULL);
    for (int i = 0; i < 300000; i++)
        buf_add_text(&body, "\r\n--");
    for (int i = 0; i < 300000; i++)
        buf_add_text(&body, "\r\n--b x");
    for (int i = 0; i < 300000; i++)
        buf_add_char(&body, ' ');
    same(multipart_bytes(PET, "a/b; boundary=b", buf_str(&body)),
         "refused: The body does not contain the boundary that Content-Type names");
    buf_free(&body);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_become_members),
        cmocka_unit_test(types_and_encoding_decide),
        cmocka_unit_test(a_part_must_be_of_its_declared_type),
        cmocka_unit_test(bytes_are_kept),
        cmocka_unit_test(the_frame_may_have_loose_ends),
        cmocka_unit_test(what_is_no_multipart_is_refused),
        cmocka_unit_test(parts_headers_and_lines_are_counted),
        cmocka_unit_test(hostile_bodies_are_cheap),
    };
    return cmocka_run_group_tests(tests, NULL, release_media);
}
