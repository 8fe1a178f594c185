#!/usr/bin/env python3
"""Writes tests/text/jinja/cases.json: small templates with what Jinja2 (PyPI, 3.1) makes of them, set up as the Hugging
Face library runs chat templates. tests/text/jinja_test.cpp compares. Run: python3 tests/reference/jinja_cases.py"""
import json
import pathlib

import jinja2
from jinja2.ext import Extension, loopcontrols
from jinja2.sandbox import ImmutableSandboxedEnvironment


class Generation(Extension):
    """{% generation %}: marks what the assistant says; the text stays as it is."""

    tags = {"generation"}

    def parse(self, parser):
        line = next(parser.stream).lineno
        body = parser.parse_statements(["name:endgeneration"], drop_needle=True)
        return jinja2.nodes.CallBlock(self.call_method("_same"), [], [], body).set_lineno(line)

    def _same(self, caller):
        return caller()


def environment():
    def raise_exception(message):
        raise jinja2.exceptions.TemplateError(message)

    def tojson(value, ensure_ascii=False, indent=None, separators=None, sort_keys=False):
        return json.dumps(value, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)

    env = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True, extensions=[Generation, loopcontrols])
    env.filters["tojson"] = tojson
    env.globals["raise_exception"] = raise_exception
    return env


VARIABLES = {
    "x": 3, "y": 2.5, "s": "Hello, 세계! it's", "l": [3, 1, 2], "n": None, "t": True, "e": "",
    "d": {"b": 1, "a": [1, {"k": "값\"<>"}], "items": "IT"},
    "msgs": [
        {"role": "user", "content": "안녕"},
        {"role": "assistant", "content": "네", "tool_calls": [{"function": {"name": "f", "arguments": {"a": 1, "b": "한"}}}]},
        {"role": "tool", "content": "ok"},
    ],
}

TEMPLATES = [
    '{{ x }} {{ y }} {{ s }} {{ l }} {{ d }} {{ n }} {{ t }} {{ undefinedname }}|',
    '{{ x + 1 }} {{ x - 1 }} {{ x * 2 }} {{ x / 2 }} {{ x // 2 }} {{ -x // 2 }} {{ -7 % 3 }} {{ 7.5 // 2 }} {{ 2 ** 10 }} {{ 2 ** -1 }} {{ x ~ "a" ~ none }}',
    '{{ 1 == 1.0 }} {{ true == 1 }} {{ "a" < "b" }} {{ 1 < 2 < 3 }} {{ 1 < 2 > 5 }} {{ not x }} {{ x and "" or "z" }} {{ "b" in d }} {{ 3 not in l }}',
    '{{ l[0] }} {{ l[-1] }} {{ l[5] }} {{ l[::-1] }} {{ s[0:5] }} {{ s[-2:] }} {{ s[::2] }} {{ l[1:] }} {{ d["items"] }} {{ d[\'a\'][1].k }}',
    '{{ s.upper() }} {{ s.split(",") }} {{ s.split() }} {{ " a b ".strip() }} {{ "xxaxx".strip("x") }} {{ s.replace("l","L") }} {{ s.startswith("He") }} {{ s.endswith(("!","s")) }} {{ s.find("세") }} {{ s|length }}',
    '{{ "a,b,c".split(",",1) }} {{ "a b  c d".split(None,2) }} {{ "a,b,c".rsplit(",",1) }} {{ "ab\\ncd\\n".splitlines() }} {{ "Hello World"|title }} {{ "it\'s o\'clock".title() }} {{ "abc".capitalize() }} {{ "x=%s y=%d %.2f" % ("a", 3, 2.5) }}',
    '{{ d|tojson }} {{ d|tojson(indent=2) }} {{ l|tojson }} {{ s|tojson }} {{ n|tojson }} {{ y|tojson }} {{ 1e20|tojson }} {{ 1.0|tojson }} {{ 100000000000000000.0 }} {{ 0.00001 }} {{ 1e16 }} {{ 123456789.123 }}',
    '{% for i in l %}{{ loop.index }}{{ loop.first }}{{ loop.last }}{{ i }}{% if not loop.last %}, {% endif %}{% endfor %}',
    '{% for i in l if i > 1 %}{{ loop.index0 }}:{{ i }} {{ loop.length }} {{ loop.revindex }};{% else %}none{% endfor %}',
    '{% for i in [] %}a{% else %}none{% endfor %}',
    '{% for k, v in d.items() %}{{ k }}={{ v }};{% endfor %}{% for k in d %}{{ k }}{% endfor %}',
    '{% set ns = namespace(found=false, c=0) %}{% for i in l %}{% set ns.c = ns.c + i %}{% if i == 2 %}{% set ns.found = true %}{% endif %}{% endfor %}{{ ns.found }} {{ ns.c }}',
    '{% set a = 1 %}{% for i in l %}{% set a = a + i %}{{ a }} {% endfor %}{{ a }}',
    '{% macro m(a, b=2, c="z") %}[{{ a }}|{{ b }}|{{ c }}]{% endmacro %}{{ m(1) }}{{ m(1, c=5) }}{{ m(1,2,3) }}{{ m() }}',
    '{% macro w(q) %}<{{ caller(q) }}>{% endmacro %}{% call(z) w(5) %}in {{ z }}{% endcall %}',
    '{% set b %}block {{ x }}{% endset %}{{ b }}{% set c | upper %}abc{% endset %}{{ c }}',
    '{% filter upper %}abc {{ s }}{% endfilter %}',
    '{% if x == 1 %}one{% elif x == 3 %}three{% else %}other{% endif %}{{ "yes" if t else "no" }}{{ "yes" if n }}',
    '{%- if t -%}   trimmed   {%- endif -%}  after',
    '   {% if t %}',
    'line',
    '   {% endif %}',
    'end',
    '{# comment #}',
    'a {#- c -#} b',
    '{% raw %}{{ not }} {% x %}{% endraw %}',
    '{{ l|sort }} {{ l|sort(reverse=true) }} {{ l|first }} {{ l|last }} {{ l|join("-") }} {{ l|sum }} {{ l|max }} {{ l|min }} {{ l|reverse|list }} {{ ["b","A","c"]|sort }} {{ [1,2,1,3]|unique|list }}',
    '{{ msgs|map(attribute="role")|list }} {{ msgs|selectattr("role","equalto","user")|list|length }} {{ msgs|rejectattr("tool_calls")|list|length }} {{ msgs|selectattr("tool_calls","defined")|map(attribute="role")|join(",") }} {{ l|select("odd")|list }} {{ l|map("string")|join("+") }}',
    '{{ x is defined }} {{ q is defined }} {{ q is undefined }} {{ n is none }} {{ s is string }} {{ d is mapping }} {{ l is sequence }} {{ l is iterable }} {{ x is number }} {{ x is integer }} {{ y is float }} {{ t is boolean }} {{ t is true }} {{ x is odd }} {{ x is divisibleby 3 }} {{ x is not none }} {{ x is eq 3 }} {{ x is in [1,3] }}',
    '{{ q|default("dd") }} {{ e|default("dd", true) }} {{ e|d("q") }} {{ "3"|int + 1 }} {{ "3.7"|float }} {{ "abc"|int(7) }} {{ 2.567|round(2) }} {{ 2.5|round }} {{ 3.5|round|int }} {{ -3|abs }} {{ 42|string ~ "x" }}',
    '{{ range(5)|list }} {{ range(2,8,3)|list }} {{ range(5,0,-2)|list }} {{ dict(a=1,b=2) }} {{ [1,2]+[3] }} {{ "ab"*3 }} {{ [0]*3 }} {{ (1,2) }} {{ (1,) }} {{ () }} {{ {"a":1,"b":{"c":[1,"x"]}} }}',
    '{{ "a" "b" }} {{ \'single \\\'q\\\' \\n esc \\u00e9\' }} {{ "é"|upper }} {{ ["it\'s", \'q"q\', "both\'\\""] }}',
    '{{ "abc" ~ 1 + 2 }} {{ 1 + 2 ~ "x" }} {{ -x|abs }} {{ (-x)|abs }} {{ not x is none }} {{ x if x > 2 else y if y else 0 }}',
    '{% for i in range(10) %}{% if i == 2 %}{% continue %}{% endif %}{% if i == 5 %}{% break %}{% endif %}{{ i }}{% endfor %}',
    '{% for m in msgs %}{% generation %}{{ m.content }}{% endgeneration %}{% endfor %}',
    '{% for g in msgs recursive %}{{ g.role }}{% endfor %}',
    '{% for i in l %}{{ loop.cycle("a","b") }}{{ loop.previtem }}{{ loop.nextitem }}{{ loop.changed(i) }}{% endfor %}',
    '{{ msgs[1].tool_calls[0].function.arguments|tojson }} {{ msgs[0].get("tool_calls", []) }} {{ msgs[0].missing }} {{ msgs[0].missing is defined }}',
    '{{ "  x"|trim }}|{{ "a\\nb\\nc"|indent(2) }}|{{ "a\\nb"|indent(2, true) }}|{{ "<b>"|e }}|{{ "a b c"|wordcount }}|{{ "%s-%s"|format(1,2) }}|{{ "x"|center(5) if false else "" }}',
    '{{ "{} {} {a}".format(1, "b", a=3) }} {{ "{0:>5}|{1:.2f}".format("a", 2.5) }}',
    '{{ d|dictsort }} {{ d|items|list|length }} {{ l|batch(2)|list }} {{ "abc"|list }} {{ "abc"|reverse }} {{ "abc"|first }}',
    '{% with a=1, b=2 %}{{ a + b }}{% endwith %}{{ a is defined }}',
    '{{ raise_exception("no") }}',
    '{{ q.attr }}',
    '{{ q + 1 }}',
    '{{ l.append(1) }}',
    '{% if a %}x',
    '{{ 1 +  }}',
    '{{ "a" + 1 }}',
    '{{ x.foo() }}',
    '{{ nofunc() }}',
    '{% for a in 5 %}{% endfor %}',
    '{{ \'a\' in \'abc\' }} {{ \'a\' is in \'abc\' }} {{ 1 is sameas 1 }} {{ [1,[2]] == [1,[2]] }} {{ {"a":1} == {"a":1} }} {{ none == false }} {{ "1" == 1 }}',
    '{{ true }} {{ True }} {{ none }} {{ None }} {{ true|string }} {{ [true,none,1.5] }} {{ [true,none,1.5]|tojson }}',
    "{%- set loop_messages = msgs %}{%- for message in loop_messages -%}{%- set content = '<|' + message['role'] + '|>' + message['content'] | trim -%}{{ content }}{%- endfor -%}",
    '  {% if t %}\n  a\n  {% endif %}\n  b {% if t %} c {% endif %}\n\n',
    '{% for i in l %}\n  {{ i }}\n{% endfor %}\nx\n\n',
    '{% for i in l -%}\n  {{ i }}\n{%- endfor %}\n\nx',
    'a\n  {#- c #}\n  {# d #}\nb {# e #}\n{%+ if t %}z{% endif +%}\nq',
    '\r\na\rb {{- x -}} \n c\t{%- if t %}\n\n y{% endif %}\n',
]


def main():
    env, cases = environment(), []
    for template in TEMPLATES:
        case = {"template": template}
        try:
            case["text"] = env.from_string(template).render(**VARIABLES)
        except Exception as error:  # pylint: disable=broad-except
            case["error"] = f"{type(error).__name__}: {error}"
        cases.append(case)
    path = pathlib.Path(__file__).parent.parent / "text" / "jinja" / "cases.json"
    text = json.dumps({"variables": VARIABLES, "cases": cases}, ensure_ascii=False, indent=1)
    path.write_text(text + "\n", encoding="utf-8")
    print(f"{len(cases)} cases, {sum('error' in case for case in cases)} of them errors")


if __name__ == "__main__":
    main()
