/* TOML 1.0 through toml++, the one C++ file of the program: no C library for it is packaged. Dates and times become
 * texts. No exception leaves this file. toml++ bounds how deep values nest but not how many parts a dotted key has, and
 * it takes tables apart recursively, so keys are measured first. */
#include <glib.h>
#include <json-c/json.h>

extern "C" {
#include "formats/format.h"
#include "formats/parse.h"
}

#define TOML_EXCEPTIONS        0
#define TOML_MAX_NESTED_VALUES 64
#include <toml++/toml.h>

#include <sstream>
#include <string>

namespace
{

using position = struct tree_mark;

constexpr unsigned key_parts_max = 32;

struct reader {
    parse_budget budget;
    unsigned depth;
};

position mark_of(const toml::source_region &region)
{
    return {region.begin.line, region.begin.column, 0, 0};
}

/* Steps over the quoted text at text[i], which may be of the """ kind; returns the index after it. */
gsize skip_quoted(std::string_view text, gsize i)
{
    const char quote = text[i];
    const bool longer = text.substr(i, 3) == std::string(3, quote);
    const std::string close(longer ? 3 : 1, quote);
    for (i += close.size(); i < text.size(); i++) {
        if (quote == '"' && text[i] == '\\')
            i++;
        else if (text.substr(i, close.size()) == close)
            return i + close.size();
        else if (!longer && text[i] == '\n')
            return i;
    }
    return text.size();
}

/* True when no key has more parts than key_parts_max. */
bool keys_are_short(const char *name, std::string_view text, GError **error)
{
    unsigned dots = 0;
    for (gsize i = 0; i < text.size();) {
        const char c = text[i];
        if (c == '"' || c == '\'') {
            i = skip_quoted(text, i);
            continue;
        }
        if (c == '#')
            while (i + 1 < text.size() && text[i + 1] != '\n')
                i++;
        if (c == '.')
            dots++;
        else if (!g_ascii_isalnum(c) && c != '_' && c != '-' && c != ' ' && c != '\t')
            dots = 0;
        if (dots >= key_parts_max)
            return parse_fail(error, PL_ERROR_LIMIT, name, parse_position(text.data(), i),
                              "a key of more than %u parts", key_parts_max);
        i++;
    }
    return true;
}

template <typename T> json_object *printed(const T &value)
{
    std::ostringstream out;
    out << value;
    const std::string text = out.str();
    return json_object_new_string_len(text.data(), static_cast<int>(text.size()));
}

bool take(reader &in, const toml::node &node, const toml::key *key, json_object **out);

bool take_table(reader &in, const toml::table &table, json_object *object)
{
    for (auto &&[key, value] : table) {
        json_object *member = nullptr;
        if (key.str().find('\0') != std::string_view::npos)
            return parse_fail(in.budget.error, PL_ERROR_PARSE, in.budget.name, mark_of(key.source()),
                              "a NUL character");
        if (!take(in, value, &key, &member))
            return false;
        json_object_object_add(object, std::string(key.str()).c_str(), member);
    }
    return true;
}

bool take_array(reader &in, const toml::array &array, json_object *list)
{
    for (auto &&value : array) {
        json_object *element = nullptr;
        if (!take(in, value, nullptr, &element))
            return false;
        json_object_array_add(list, element);
    }
    return true;
}

json_object *scalar(const toml::node &node)
{
    if (auto text = node.as_string())
        return json_object_new_string_len(text->get().data(), static_cast<int>(text->get().size()));
    if (auto integer = node.as_integer())
        return json_object_new_int64(integer->get());
    if (auto number = node.as_floating_point())
        return json_object_new_double(number->get());
    if (auto boolean = node.as_boolean())
        return json_object_new_boolean(boolean->get());
    if (auto date = node.as_date())
        return printed(date->get());
    if (auto time = node.as_time())
        return printed(time->get());
    if (auto moment = node.as_date_time())
        return printed(moment->get());
    return nullptr;
}

bool take(reader &in, const toml::node &node, const toml::key *key, json_object **out)
{
    position mark = mark_of(node.source());
    if (key) {
        mark.key_line = key->source().begin.line;
        mark.key_column = key->source().begin.column;
    }
    if (in.depth >= PARSE_DEPTH_MAX)
        return parse_fail(in.budget.error, PL_ERROR_LIMIT, in.budget.name, mark, "nested deeper than %d levels",
                          PARSE_DEPTH_MAX);
    if (!parse_spend(&in.budget, 1, mark))
        return false;
    bool ok = true;
    in.depth++;
    if (auto table = node.as_table()) {
        *out = parse_object(mark);
        ok = take_table(in, *table, *out);
    } else if (auto array = node.as_array()) {
        *out = parse_array(mark);
        ok = take_array(in, *array, *out);
    } else {
        *out = scalar(node);
        tree_set_mark(*out, mark);
        if (auto text = node.as_string(); text && text->get().find('\0') != std::string::npos)
            ok = parse_fail(in.budget.error, PL_ERROR_PARSE, in.budget.name, mark, "a NUL character");
    }
    in.depth--;
    if (!ok) {
        json_object_put(*out);
        *out = nullptr;
    }
    return ok;
}

json_object *parse_text(const char *name, std::string_view text, GError **error)
{
    if (!keys_are_short(name, text, error))
        return nullptr;
    toml::parse_result result = toml::parse(text);
    if (!result) {
        const std::string what(result.error().description());
        parse_fail(error, PL_ERROR_PARSE, name, mark_of(result.error().source()), "%s", what.c_str());
        return nullptr;
    }
    reader in = {{name, error, 0}, 0};
    json_object *root = nullptr;
    take(in, result.table(), nullptr, &root);
    return root;
}

json_object *parse(const char *name, const char *text, gsize n, GError **error)
{
    if (!parse_utf8(name, &text, &n, error))
        return nullptr;
    try {
        return parse_text(name, std::string_view(text, n), error);
    } catch (const std::exception &problem) {
        parse_fail(error, PL_ERROR_LIMIT, name, position{}, "%s", problem.what());
    } catch (...) {
        parse_fail(error, PL_ERROR_LIMIT, name, position{}, "the TOML reader gave up");
    }
    return nullptr;
}

} // namespace

extern "C" {
extern const struct format format_toml;
const struct format format_toml = {
    "toml",
    "TOML 1.0; the tree is the document, dates and times are texts",
    parse,
};
}
