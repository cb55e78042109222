/* XML through libxml2: no network, no external DTD, entities are not expanded (a reference to one that is not built in
 * is an error). Only the line of an element is known, not its column. */
#include "formats/format.h"
#include "formats/parse.h"

#include <libxml/parser.h>
#include <libxml/tree.h>
#include <string.h>

struct xml {
    struct parse_budget budget;
    unsigned depth;
};

static struct tree_mark mark_of(const xmlNode *node)
{
    long line = xmlGetLineNo(node);
    return (struct tree_mark){.line = line > 0 ? (unsigned)line : 0};
}

static json_object *text_node(const char *text, struct tree_mark mark)
{
    return parse_string(text, strlen(text), mark);
}

static bool take_attributes(struct xml *xml, xmlNode *node, json_object *out)
{
    struct tree_mark mark = mark_of(node);
    for (xmlAttr *attribute = node->properties; attribute; attribute = attribute->next) {
        if (!parse_spend(&xml->budget, 1, mark))
            return false;
        xmlChar *value = xmlNodeListGetString(node->doc, attribute->children, 1);
        json_object_object_add(out, (const char *)attribute->name, text_node(value ? (const char *)value : "", mark));
        xmlFree(value);
    }
    return true;
}

static bool take_element(struct xml *xml, xmlNode *node, json_object **out);

static bool take_child(struct xml *xml, xmlNode *child, GString *text, json_object *children)
{
    json_object *element = NULL;
    if (child->type == XML_TEXT_NODE || child->type == XML_CDATA_SECTION_NODE) {
        g_string_append(text, child->content ? (const char *)child->content : "");
        return true;
    }
    if (child->type == XML_ENTITY_REF_NODE)
        return parse_fail(xml->budget.error, PL_ERROR_PARSE, xml->budget.name, mark_of(child->parent),
                          "a reference to the entity %s", (const char *)child->name);
    if (child->type != XML_ELEMENT_NODE)
        return true;
    if (!take_element(xml, child, &element))
        return false;
    json_object_array_add(children, element);
    return true;
}

static bool take_children(struct xml *xml, xmlNode *node, json_object *object)
{
    g_autoptr(GString) text = g_string_new(NULL);
    struct tree_mark mark = mark_of(node);
    json_object *children = parse_array(mark);
    json_object_object_add(object, "children", children);
    for (xmlNode *child = node->children; child; child = child->next)
        if (!take_child(xml, child, text, children))
            return false;
    json_object_object_add(object, "text", text_node(g_strstrip(text->str), mark));
    return true;
}

static bool take_element(struct xml *xml, xmlNode *node, json_object **out)
{
    struct tree_mark mark = mark_of(node);
    if (xml->depth >= PARSE_DEPTH_MAX)
        return parse_fail(xml->budget.error, PL_ERROR_LIMIT, xml->budget.name, mark, "nested deeper than %d levels",
                          PARSE_DEPTH_MAX);
    if (!parse_spend(&xml->budget, 5, mark))
        return false;
    pl_autojson json_object *object = parse_object(mark);
    json_object *attributes = parse_object(mark);
    json_object_object_add(object, "name", text_node((const char *)node->name, mark));
    json_object_object_add(object, "attributes", attributes);
    xml->depth++;
    bool ok = take_attributes(xml, node, attributes) && take_children(xml, node, object);
    xml->depth--;
    if (ok)
        *out = g_steal_pointer(&object);
    return ok;
}

static gpointer prepare(gpointer unused)
{
    xmlInitParser();
    return unused;
}

static void parser_failed(const char *name, xmlParserCtxt *context, GError **error)
{
    const xmlError *last = xmlCtxtGetLastError(context);
    g_autofree char *message = g_strdup(last && last->message ? last->message : "not well-formed");
    struct tree_mark at = {0};
    if (last && last->line > 0)
        at = (struct tree_mark){.line = (unsigned)last->line, .column = last->int2 > 0 ? (unsigned)last->int2 : 0};
    g_strchomp(message);
    parse_fail(error, PL_ERROR_PARSE, name, at, "%s", message);
}

static json_object *parse(const char *name, const char *text, gsize n, GError **error)
{
    static GOnce once = G_ONCE_INIT; /* libxml2 wants its own set-up done before threads */
    g_once(&once, prepare, NULL);
    if (!parse_utf8(name, &text, &n, error))
        return NULL;
    xmlParserCtxt *context = xmlNewParserCtxt();
    if (!context || n > G_MAXINT) {
        xmlFreeParserCtxt(context);
        parse_fail(error, PL_ERROR_LIMIT, name, (struct tree_mark){0}, "too large");
        return NULL;
    }
    int options = XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_BIG_LINES | XML_PARSE_NOBLANKS;
    xmlDoc *document = xmlCtxtReadMemory(context, text, (int)n, NULL, "UTF-8", options);
    json_object *root = NULL;
    struct xml xml = {.budget = {.name = name, .error = error}};
    if (document && xmlDocGetRootElement(document))
        take_element(&xml, xmlDocGetRootElement(document), &root);
    else
        parser_failed(name, context, error);
    xmlFreeDoc(document);
    xmlFreeParserCtxt(context);
    return root;
}

const struct format format_xml = {
    .name = "xml",
    .summary = "XML; every element is {name, attributes, text, children}; of a place only the line is known",
    .shape = FORMAT_ELEMENT,
    .parse = parse,
};
