#include "schema/regex_property.h"

/* ---- what there is ---- */

struct category {
    const char *short_name; /* as PCRE2 wants it, but for LC */
    const char *long_name;
    const char *alias; /* or NULL */
};

/* PropertyValueAliases.txt, gc. */
static const struct category categories[] = {
    {"C", "Other", NULL},
    {"Cc", "Control", "cntrl"},
    {"Cf", "Format", NULL},
    {"Cn", "Unassigned", NULL},
    {"Co", "Private_Use", NULL},
    {"Cs", "Surrogate", NULL},
    {"L", "Letter", NULL},
    {"LC", "Cased_Letter", NULL},
    {"Ll", "Lowercase_Letter", NULL},
    {"Lm", "Modifier_Letter", NULL},
    {"Lo", "Other_Letter", NULL},
    {"Lt", "Titlecase_Letter", NULL},
    {"Lu", "Uppercase_Letter", NULL},
    {"M", "Mark", "Combining_Mark"},
    {"Mc", "Spacing_Mark", NULL},
    {"Me", "Enclosing_Mark", NULL},
    {"Mn", "Nonspacing_Mark", NULL},
    {"N", "Number", NULL},
    {"Nd", "Decimal_Number", "digit"},
    {"Nl", "Letter_Number", NULL},
    {"No", "Other_Number", NULL},
    {"P", "Punctuation", "punct"},
    {"Pc", "Connector_Punctuation", NULL},
    {"Pd", "Dash_Punctuation", NULL},
    {"Pe", "Close_Punctuation", NULL},
    {"Pf", "Final_Punctuation", NULL},
    {"Pi", "Initial_Punctuation", NULL},
    {"Po", "Other_Punctuation", NULL},
    {"Ps", "Open_Punctuation", NULL},
    {"S", "Symbol", NULL},
    {"Sc", "Currency_Symbol", NULL},
    {"Sk", "Modifier_Symbol", NULL},
    {"Sm", "Math_Symbol", NULL},
    {"So", "Other_Symbol", NULL},
    {"Z", "Separator", NULL},
    {"Zl", "Line_Separator", NULL},
    {"Zp", "Paragraph_Separator", NULL},
    {"Zs", "Space_Separator", NULL},
};

/* clang-format off */

/* ECMA-262, table "Binary Unicode property aliases", but for Any, ASCII and Assigned. */
static const char *const binary_properties[] = {
    "ASCII_Hex_Digit", "AHex", "Alphabetic", "Alpha", "Bidi_Control", "Bidi_C", "Bidi_Mirrored",
    "Bidi_M", "Case_Ignorable", "CI", "Cased", "Changes_When_Casefolded", "CWCF",
    "Changes_When_Casemapped", "CWCM", "Changes_When_Lowercased", "CWL",
    "Changes_When_NFKC_Casefolded", "CWKCF", "Changes_When_Titlecased", "CWT",
    "Changes_When_Uppercased", "CWU", "Dash", "Default_Ignorable_Code_Point", "DI", "Deprecated",
    "Dep", "Diacritic", "Dia", "Emoji", "Emoji_Component", "EComp", "Emoji_Modifier", "EMod",
    "Emoji_Modifier_Base", "EBase", "Emoji_Presentation", "EPres", "Extended_Pictographic",
    "ExtPict", "Extender", "Ext", "Grapheme_Base", "Gr_Base", "Grapheme_Extend", "Gr_Ext",
    "Hex_Digit", "Hex", "IDS_Binary_Operator", "IDSB", "IDS_Trinary_Operator", "IDST",
    "ID_Continue", "IDC", "ID_Start", "IDS", "Ideographic", "Ideo", "Join_Control", "Join_C",
    "Logical_Order_Exception", "LOE", "Lowercase", "Lower", "Math", "Noncharacter_Code_Point",
    "NChar", "Pattern_Syntax", "Pat_Syn", "Pattern_White_Space", "Pat_WS", "Quotation_Mark",
    "QMark", "Radical", "Regional_Indicator", "RI", "Sentence_Terminal", "STerm", "Soft_Dotted",
    "SD", "Terminal_Punctuation", "Term", "Unified_Ideograph", "UIdeo", "Uppercase", "Upper",
    "Variation_Selector", "VS", "White_Space", "space", "XID_Continue", "XIDC", "XID_Start", "XIDS",
};

/* PropertyValueAliases.txt, sc, of Unicode 14, which is PCRE2 10.42's. */
static const char *const scripts[] = {
    "Adlam", "Adlm", "Aghb", "Ahom", "Anatolian_Hieroglyphs", "Arab", "Arabic", "Armenian", "Armi",
    "Armn", "Avestan", "Avst", "Bali", "Balinese", "Bamu", "Bamum", "Bass", "Bassa_Vah", "Batak",
    "Batk", "Beng", "Bengali", "Bhaiksuki", "Bhks", "Bopo", "Bopomofo", "Brah", "Brahmi", "Brai",
    "Braille", "Bugi", "Buginese", "Buhd", "Buhid", "Cakm", "Canadian_Aboriginal", "Cans", "Cari",
    "Carian", "Caucasian_Albanian", "Chakma", "Cham", "Cher", "Cherokee", "Chorasmian", "Chrs",
    "Common", "Copt", "Coptic", "Cpmn", "Cprt", "Cuneiform", "Cypriot", "Cypro_Minoan", "Cyrillic",
    "Cyrl", "Deseret", "Deva", "Devanagari", "Diak", "Dives_Akuru", "Dogr", "Dogra", "Dsrt", "Dupl",
    "Duployan", "Egyp", "Egyptian_Hieroglyphs", "Elba", "Elbasan", "Elym", "Elymaic", "Ethi",
    "Ethiopic", "Geor", "Georgian", "Glag", "Glagolitic", "Gong", "Gonm", "Goth", "Gothic", "Gran",
    "Grantha", "Greek", "Grek", "Gujarati", "Gujr", "Gunjala_Gondi", "Gurmukhi", "Guru", "Han",
    "Hang", "Hangul", "Hani", "Hanifi_Rohingya", "Hano", "Hanunoo", "Hatr", "Hatran", "Hebr",
    "Hebrew", "Hira", "Hiragana", "Hluw", "Hmng", "Hmnp", "Hung", "Imperial_Aramaic", "Inherited",
    "Inscriptional_Pahlavi", "Inscriptional_Parthian", "Ital", "Java", "Javanese", "Kaithi", "Kali",
    "Kana", "Kannada", "Katakana", "Kayah_Li", "Khar", "Kharoshthi", "Khitan_Small_Script", "Khmer",
    "Khmr", "Khoj", "Khojki", "Khudawadi", "Kits", "Knda", "Kthi", "Lana", "Lao", "Laoo", "Latin",
    "Latn", "Lepc", "Lepcha", "Limb", "Limbu", "Lina", "Linb", "Linear_A", "Linear_B", "Lisu",
    "Lyci", "Lycian", "Lydi", "Lydian", "Mahajani", "Mahj", "Maka", "Makasar", "Malayalam", "Mand",
    "Mandaic", "Mani", "Manichaean", "Marc", "Marchen", "Masaram_Gondi", "Medefaidrin", "Medf",
    "Meetei_Mayek", "Mend", "Mende_Kikakui", "Merc", "Mero", "Meroitic_Cursive",
    "Meroitic_Hieroglyphs", "Miao", "Mlym", "Modi", "Mong", "Mongolian", "Mro", "Mroo", "Mtei",
    "Mult", "Multani", "Myanmar", "Mymr", "Nabataean", "Nand", "Nandinagari", "Narb", "Nbat",
    "New_Tai_Lue", "Newa", "Nko", "Nkoo", "Nshu", "Nushu", "Nyiakeng_Puachue_Hmong", "Ogam",
    "Ogham", "Ol_Chiki", "Olck", "Old_Hungarian", "Old_Italic", "Old_North_Arabian", "Old_Permic",
    "Old_Persian", "Old_Sogdian", "Old_South_Arabian", "Old_Turkic", "Old_Uyghur", "Oriya", "Orkh",
    "Orya", "Osage", "Osge", "Osma", "Osmanya", "Ougr", "Pahawh_Hmong", "Palm", "Palmyrene",
    "Pau_Cin_Hau", "Pauc", "Perm", "Phag", "Phags_Pa", "Phli", "Phlp", "Phnx", "Phoenician", "Plrd",
    "Prti", "Psalter_Pahlavi", "Qaac", "Qaai", "Rejang", "Rjng", "Rohg", "Runic", "Runr",
    "Samaritan", "Samr", "Sarb", "Saur", "Saurashtra", "Sgnw", "Sharada", "Shavian", "Shaw", "Shrd",
    "Sidd", "Siddham", "SignWriting", "Sind", "Sinh", "Sinhala", "Sogd", "Sogdian", "Sogo", "Sora",
    "Sora_Sompeng", "Soyo", "Soyombo", "Sund", "Sundanese", "Sylo", "Syloti_Nagri", "Syrc",
    "Syriac", "Tagalog", "Tagb", "Tagbanwa", "Tai_Le", "Tai_Tham", "Tai_Viet", "Takr", "Takri",
    "Tale", "Talu", "Tamil", "Taml", "Tang", "Tangsa", "Tangut", "Tavt", "Telu", "Telugu", "Tfng",
    "Tglg", "Thaa", "Thaana", "Thai", "Tibetan", "Tibt", "Tifinagh", "Tirh", "Tirhuta", "Tnsa",
    "Toto", "Ugar", "Ugaritic", "Unknown", "Vai", "Vaii", "Vith", "Vithkuqi", "Wancho", "Wara",
    "Warang_Citi", "Wcho", "Xpeo", "Xsux", "Yezi", "Yezidi", "Yi", "Yiii", "Zanabazar_Square",
    "Zanb", "Zinh", "Zyyy", "Zzzz",
};

/* clang-format on */

static bool is_one_of(struct str name, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (str_is(name, names[i]))
            return true;
    return false;
}

static const struct category *find_category(struct str name)
{
    for (size_t i = 0; i < sizeof categories / sizeof *categories; i++) {
        const struct category *category = &categories[i];
        if (str_is(name, category->short_name) || str_is(name, category->long_name) ||
            (category->alias != NULL && str_is(name, category->alias)))
            return category;
    }
    return NULL;
}

/* ---- as PCRE2 wants it ---- */

static void add_property(struct buf *out, bool negated, const char *kind, struct str name)
{
    buf_add_text(out, negated ? "\\P{" : "\\p{");
    buf_add_text(out, kind);
    buf_add_str(out, name);
    buf_add_char(out, '}');
}

static bool add_category(struct buf *out, bool negated, struct str name)
{
    const struct category *category = find_category(name);
    if (category == NULL)
        return false;
    bool cased = strcmp(category->short_name, "LC") == 0;
    add_property(out, negated, "", str_from(cased ? "L&" : category->short_name));
    return true;
}

static bool add_script(struct buf *out, bool negated, const char *kind, struct str name)
{
    if (!is_one_of(name, scripts, sizeof scripts / sizeof *scripts))
        return false;
    add_property(out, negated, kind, name);
    return true;
}

/* PCRE2 has no property ASCII: a range, in brackets of its own outside a class. */
static void add_ascii(struct buf *out, bool negated, bool in_class)
{
    const char *range = negated ? "\\x{80}-\\x{10ffff}" : "\\x{0}-\\x{7f}";
    if (!in_class)
        buf_add_char(out, '[');
    buf_add_text(out, range);
    if (!in_class)
        buf_add_char(out, ']');
}

static bool add_lone(struct buf *out, bool negated, bool in_class, struct str name)
{
    if (add_category(out, negated, name))
        return true;
    if (str_is(name, "ASCII")) {
        add_ascii(out, negated, in_class);
        return true;
    }
    if (str_is(name, "Assigned")) {
        add_property(out, !negated, "", str_from("Cn"));
        return true;
    }
    if (!str_is(name, "Any") &&
        !is_one_of(name, binary_properties, sizeof binary_properties / sizeof *binary_properties))
        return false;
    add_property(out, negated, "", name);
    return true;
}

bool regex_property_add(struct buf *out, struct str text, bool negated, bool in_class)
{
    size_t equals = str_find_char(text, '=');
    if (equals == text.len)
        return add_lone(out, negated, in_class, text);
    struct str name = str_make(text.data, equals);
    struct str value = str_after(text, equals + 1);
    if (str_is(name, "General_Category") || str_is(name, "gc"))
        return add_category(out, negated, value);
    if (str_is(name, "Script") || str_is(name, "sc"))
        return add_script(out, negated, "sc:", value);
    if (str_is(name, "Script_Extensions") || str_is(name, "scx"))
        return add_script(out, negated, "scx:", value);
    return false;
}
