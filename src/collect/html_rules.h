// What an HTML element means for extraction: left out, a block of its own, a note, one of several variants.
#pragma once

#include <gumbo.h>

#include <string>
#include <string_view>
#include <vector>

namespace moru::collect {

/// An attribute's value, or empty. A present attribute without a value has size 0 but a non-null pointer.
std::string_view attribute(const GumboElement& element, const char* name);
/// Does the element's class list hold this name?
bool has_class(const GumboElement& element, std::string_view name);

/// Is the element no part of what the page says: scripts, form controls, navigation, what is not shown, debug blocks?
/// In an `article`'s own header the headings are kept (`in_article`).
bool is_left_out(const GumboElement& element, bool in_article);

/// Does the element begin and end a block of text?
bool is_block(const GumboElement& element);

/// "note", "tip", "warning" or "how_to_get" by the element's class, else empty.
std::string_view role_of(const GumboElement& element);

/// 1 … 6 for h1 … h6, else 0.
int heading_level(const GumboElement& element);

/// LibreOffice's help keeps a passage's variants for systems and applications as hidden spans in a span of class
/// "switch" or "switchinline", and a script shows one (help2.js). This is the choice for a reader on a system that is
/// not named: for applications the variant of the page's own (`application`, such as "CALC"), else the default; for
/// systems the default, else Windows, else Unix. A block of several variants without a default is additions, not
/// alternatives: all.
class Variants {
 public:
  explicit Variants(std::string_view path);
  /// Is this element such a choice?
  static bool is_choice(const GumboElement& element);
  /// Its children that are shown.
  std::vector<const GumboNode*> shown(const GumboElement& element) const;

 private:
  std::string_view application_;
};

/// "python" from the class "language-python" and its like on this element, its only child, or its two parents.
std::string_view code_language(const GumboNode* node);

}  // namespace moru::collect
