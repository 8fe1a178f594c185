#include "collect/html_rules.h"

namespace moru::collect {
namespace {

template <class Use>
void for_each_class(const GumboElement& element, const Use& use) {
  std::string_view list = attribute(element, "class");
  while (!list.empty()) {
    const size_t end = std::min(list.find_first_of(" \t\n\f\r"), list.size());
    if (end > 0) use(list.substr(0, end));
    list.remove_prefix(std::min(end + 1, list.size()));
  }
}

template <size_t N>
bool one_of(std::string_view name, const std::array<std::string_view, N>& names) {
  return std::ranges::find(names, name) != names.end();
}

// Names that sites and generators give to what is not content. "debug", "bug" and "noteicon" are LibreOffice's.
constexpr std::array<std::string_view, 22> kLeftOutClasses = {"debug",
                                                              "bug",
                                                              "noteicon",
                                                              "hidden",
                                                              "visually-hidden",
                                                              "sr-only",
                                                              "screen-reader-text",
                                                              "noprint",
                                                              "navigation",
                                                              "navbar",
                                                              "nav",
                                                              "breadcrumb",
                                                              "breadcrumbs",
                                                              "pagination",
                                                              "sphinxsidebar",
                                                              "headerlink",
                                                              "site-header",
                                                              "site-footer",
                                                              "edit-link",
                                                              "mw-editsection",
                                                              "cookie-banner",
                                                              "toc-nav"};

constexpr std::array<std::string_view, 5> kLeftOutRoles = {"navigation", "banner", "contentinfo", "search", "menu"};

bool is_hidden(const GumboElement& element) {
  if (gumbo_get_attribute(&element.attributes, "hidden") != nullptr) return true;
  if (attribute(element, "aria-hidden") == "true") return true;
  std::string style(attribute(element, "style"));
  if (style.empty()) return false;
  std::erase_if(style, [](char c) { return c == ' ' || c == '\t' || c == '\n'; });
  for (char& c : style) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return style.find("display:none") != std::string::npos || style.find("visibility:hidden") != std::string::npos;
}

struct Application {
  std::string_view folder, name;
};
constexpr Application kApplications[] = {{"sbasic", "BASIC"},   {"scalc", "CALC"},    {"schart", "CHART"},
                                         {"sdatabase", "BASE"}, {"sdraw", "DRAW"},    {"simpress", "IMPRESS"},
                                         {"smath", "MATH"},     {"swriter", "WRITER"}};

}  // namespace

std::string_view attribute(const GumboElement& element, const char* name) {
  const GumboAttribute* found = gumbo_get_attribute(&element.attributes, name);
  return found != nullptr ? std::string_view(found->value) : std::string_view();
}

bool has_class(const GumboElement& element, std::string_view name) {
  bool found = false;
  for_each_class(element, [&](std::string_view c) { found = found || c == name; });
  return found;
}

bool is_left_out(const GumboElement& element, bool in_article) {
  switch (element.tag) {
    case GUMBO_TAG_SCRIPT:
    case GUMBO_TAG_STYLE:
    case GUMBO_TAG_NOSCRIPT:
    case GUMBO_TAG_TEMPLATE:
    case GUMBO_TAG_HEAD:
    case GUMBO_TAG_IFRAME:
    case GUMBO_TAG_OBJECT:
    case GUMBO_TAG_EMBED:
    case GUMBO_TAG_APPLET:
    case GUMBO_TAG_CANVAS:
    case GUMBO_TAG_SVG:
    case GUMBO_TAG_AUDIO:
    case GUMBO_TAG_VIDEO:
    case GUMBO_TAG_MAP:
    case GUMBO_TAG_IMG:
    case GUMBO_TAG_INPUT:
    case GUMBO_TAG_SELECT:
    case GUMBO_TAG_TEXTAREA:
    case GUMBO_TAG_BUTTON:
    case GUMBO_TAG_OPTION:
    case GUMBO_TAG_OPTGROUP:
    case GUMBO_TAG_DATALIST:
    case GUMBO_TAG_LABEL:
    case GUMBO_TAG_OUTPUT:
    case GUMBO_TAG_PROGRESS:
    case GUMBO_TAG_METER:
    case GUMBO_TAG_LEGEND:
    case GUMBO_TAG_MENU:
    case GUMBO_TAG_NAV:
    case GUMBO_TAG_FOOTER:
    case GUMBO_TAG_RP:
    case GUMBO_TAG_RT:
      return true;
    case GUMBO_TAG_HEADER:
      if (!in_article) return true;
      break;
    // An aside may be a note of the text; one that says nothing of the kind stands beside it.
    case GUMBO_TAG_ASIDE:
      if (role_of(element).empty()) return true;
      break;
    default:
      break;
  }
  if (element.attributes.length == 0) return false;
  if (is_hidden(element) || one_of(attribute(element, "role"), kLeftOutRoles)) return true;
  bool found = false;
  for_each_class(element, [&](std::string_view c) { found = found || one_of(c, kLeftOutClasses); });
  return found;
}

bool is_block(const GumboElement& element) {
  switch (element.tag) {
    case GUMBO_TAG_P:
    case GUMBO_TAG_DIV:
    case GUMBO_TAG_SECTION:
    case GUMBO_TAG_ARTICLE:
    case GUMBO_TAG_MAIN:
    case GUMBO_TAG_ASIDE:
    case GUMBO_TAG_HEADER:
    case GUMBO_TAG_H1:
    case GUMBO_TAG_H2:
    case GUMBO_TAG_H3:
    case GUMBO_TAG_H4:
    case GUMBO_TAG_H5:
    case GUMBO_TAG_H6:
    case GUMBO_TAG_UL:
    case GUMBO_TAG_OL:
    case GUMBO_TAG_LI:
    case GUMBO_TAG_DL:
    case GUMBO_TAG_DT:
    case GUMBO_TAG_DD:
    case GUMBO_TAG_TABLE:
    case GUMBO_TAG_CAPTION:
    case GUMBO_TAG_THEAD:
    case GUMBO_TAG_TBODY:
    case GUMBO_TAG_TFOOT:
    case GUMBO_TAG_TR:
    case GUMBO_TAG_TD:
    case GUMBO_TAG_TH:
    case GUMBO_TAG_PRE:
    case GUMBO_TAG_BLOCKQUOTE:
    case GUMBO_TAG_FIGURE:
    case GUMBO_TAG_FIGCAPTION:
    case GUMBO_TAG_HR:
    case GUMBO_TAG_ADDRESS:
    case GUMBO_TAG_DETAILS:
    case GUMBO_TAG_SUMMARY:
    case GUMBO_TAG_FORM:
    case GUMBO_TAG_FIELDSET:
    case GUMBO_TAG_CENTER:
    case GUMBO_TAG_BODY:
    case GUMBO_TAG_HTML:
    case GUMBO_TAG_HGROUP:
      return true;
    default:
      return false;
  }
}

std::string_view role_of(const GumboElement& element) {
  std::string_view role;
  for_each_class(element, [&](std::string_view c) {
    if (!role.empty()) return;
    if (c == "howtoget")
      role = "how_to_get";
    else if (c == "note")
      role = "note";
    else if (c == "tip" || c == "hint")
      role = "tip";
    else if (c == "warning" || c == "caution" || c == "danger" || c == "important" || c == "attention")
      role = "warning";
  });
  return role;
}

int heading_level(const GumboElement& element) {
  switch (element.tag) {
    case GUMBO_TAG_H1:
      return 1;
    case GUMBO_TAG_H2:
      return 2;
    case GUMBO_TAG_H3:
      return 3;
    case GUMBO_TAG_H4:
      return 4;
    case GUMBO_TAG_H5:
      return 5;
    case GUMBO_TAG_H6:
      return 6;
    default:
      return 0;
  }
}

Variants::Variants(std::string_view path)
    : application_("WRITER") {  // as the script has it for pages of no application
  for (const Application& known : kApplications)
    if (path.starts_with(std::string(known.folder) + "/") ||
        path.find("/" + std::string(known.folder) + "/") != std::string_view::npos)
      application_ = known.name;
}

bool Variants::is_choice(const GumboElement& element) {
  return element.tag == GUMBO_TAG_SPAN && (has_class(element, "switch") || has_class(element, "switchinline"));
}

std::vector<const GumboNode*> Variants::shown(const GumboElement& element) const {
  std::vector<const GumboNode*> plain, variants;
  const bool by_system = attribute(element, "id").starts_with("swlnsys");
  const GumboNode* fallback = nullptr;
  std::map<std::string_view, const GumboNode*> by_name;
  for (unsigned i = 0; i < element.children.length; ++i) {
    const auto* child = static_cast<const GumboNode*>(element.children.data[i]);
    const bool variant =
        child->type == GUMBO_NODE_ELEMENT && gumbo_get_attribute(&child->v.element.attributes, "hidden") != nullptr;
    if (!variant) {
      plain.push_back(child);
      continue;
    }
    variants.push_back(child);
    if (attribute(child->v.element, "id").starts_with("default")) fallback = child;
    by_name.emplace(attribute(child->v.element, "class"), child);
  }
  const GumboNode* chosen = nullptr;
  const auto find = [&](std::string_view name) {
    const auto it = by_name.find(name);
    return it != by_name.end() ? it->second : nullptr;
  };
  if (!by_system) chosen = find(application_);
  if (chosen == nullptr) chosen = fallback;
  if (chosen == nullptr && by_system) chosen = find("WIN");
  if (chosen == nullptr && by_system) chosen = find("UNIX");
  if (chosen != nullptr)
    plain.push_back(chosen);
  else if (!by_system && has_class(element, "switch"))
    plain.insert(plain.end(), variants.begin(), variants.end());
  return plain;
}

std::string_view code_language(const GumboNode* node) {
  const auto of = [](const GumboNode* n) -> std::string_view {
    if (n == nullptr || n->type != GUMBO_NODE_ELEMENT) return {};
    std::string_view language;
    for_each_class(n->v.element, [&](std::string_view c) {
      for (const std::string_view prefix : {"language-", "lang-", "highlight-"})
        if (language.empty() && c.starts_with(prefix) && c.size() < 40) language = c.substr(prefix.size());
    });
    return language;
  };
  std::string_view language = of(node);
  const GumboVector& children = node->v.element.children;
  for (unsigned i = 0; language.empty() && i < children.length && i < 4; ++i)
    language = of(static_cast<const GumboNode*>(children.data[i]));
  const GumboNode* parent = node->parent;
  for (int up = 0; language.empty() && up < 2 && parent != nullptr; ++up, parent = parent->parent)
    language = of(parent);
  return language == "default" || language == "none" ? std::string_view() : language;
}

}  // namespace moru::collect
