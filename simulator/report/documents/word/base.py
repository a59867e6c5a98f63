"""Our own Word template: A4, headings, captions, a table style, and a foot with stamp and page numbers.

Made by code, so that it can be read and changed. Its styles have Word's own names: a planner's template that has them
is used in the same way, and what a template lacks is lent from here.
"""

from typing import Any

TABLE_STYLE = "Rapporttabell"
BULLET, CAPTION, NOTE = "List Bullet", "Caption", "Rapportmerknad"
HEADINGS = tuple(f"Heading {level}" for level in range(1, 6))
INK, ACCENT, SOFT = "1D2329", "00568A", "4A5560"
_FONT = "Calibri"
_SIZES = {"Title": 20, "Heading 1": 15, "Heading 2": 12, "Heading 3": 11, "Heading 4": 10.5, "Heading 5": 10.5}
_LANGUAGES = {"nb": "nb-NO", "en": "en-GB"}

_TABLE_XML = """<w:style {ns} w:type="table" w:customStyle="1" w:styleId="{name}"><w:name w:val="{name}"/>
<w:basedOn w:val="{based}"/><w:uiPriority w:val="99"/><w:qFormat/>
<w:pPr><w:spacing w:before="20" w:after="20" w:line="240" w:lineRule="auto"/></w:pPr><w:rPr><w:sz w:val="17"/></w:rPr>
<w:tblPr><w:tblBorders><w:top w:val="single" w:sz="8" w:color="{accent}"/>
<w:bottom w:val="single" w:sz="8" w:color="{accent}"/>
<w:insideH w:val="single" w:sz="4" w:color="C9D1D8"/></w:tblBorders>
<w:tblCellMar><w:left w:w="70" w:type="dxa"/><w:right w:w="70" w:type="dxa"/></w:tblCellMar></w:tblPr>
<w:tblStylePr w:type="firstRow"><w:rPr><w:b/></w:rPr>
<w:tcPr><w:shd w:val="clear" w:color="auto" w:fill="EEF4F8"/></w:tcPr>
</w:tblStylePr></w:style>"""


def own_document(lang: str) -> Any:
    """A new document on our own template."""
    from docx import Document
    from docx.shared import Cm

    made = Document()
    section = made.sections[0]
    section.page_width, section.page_height = Cm(21.0), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.2)
    section.top_margin, section.bottom_margin = Cm(2.0), Cm(2.0)
    _shape(made)
    lend_styles(made)
    speak(made, lang)
    return made


def _shape(made: Any) -> None:
    from docx.shared import Pt, RGBColor

    styles = made.styles
    normal = styles["Normal"]
    normal.font.name, normal.font.size = _FONT, Pt(10)
    normal.paragraph_format.space_after = Pt(4)
    normal.paragraph_format.line_spacing = 1.05
    for name, size in _SIZES.items():
        style = styles[name]
        style.font.name, style.font.size, style.font.bold = _FONT, Pt(size), True
        style.font.italic = False
        style.font.color.rgb = RGBColor.from_string(INK if name == "Title" else ACCENT)
        style.paragraph_format.keep_with_next = True
        style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(size * 0.6), Pt(2)
        _plain_fonts(style)
    styles["Title"].paragraph_format.space_before = Pt(0)
    styles[BULLET].paragraph_format.space_after = Pt(2)
    caption = styles[CAPTION]
    caption.font.size, caption.font.bold, caption.font.color.rgb = Pt(9.5), True, RGBColor.from_string(INK)
    caption.paragraph_format.space_before, caption.paragraph_format.space_after = Pt(8), Pt(3)


def _plain_fonts(style: Any) -> None:
    """Take a theme's fonts off, which would win over the font that is named."""
    from docx.oxml.ns import qn

    fonts = style.element.rPr.rFonts
    for name in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{name}"), None)
    for name in ("ascii", "hAnsi", "cs"):
        fonts.set(qn(f"w:{name}"), _FONT)


def lend_styles(made: Any) -> None:
    """Give a document the styles that it lacks of those that are used."""
    from docx.enum.style import WD_STYLE_TYPE
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls
    from docx.shared import Pt, RGBColor

    styles = made.styles
    paragraphs = {each.name for each in styles if each.type == WD_STYLE_TYPE.PARAGRAPH}
    for place, name in enumerate(("Title", *HEADINGS, CAPTION, NOTE)):
        if name in paragraphs:
            continue
        style = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH, builtin=name != NOTE)
        style.font.bold = name != NOTE
        style.font.size = Pt(_SIZES.get(name, 9))
        style.paragraph_format.keep_with_next = name != NOTE
        if name in HEADINGS:
            _outline(style, place - 1)
        if name == NOTE:
            style.font.color.rgb = RGBColor.from_string(SOFT)
    tables = {each.name: each for each in styles if each.type == WD_STYLE_TYPE.TABLE}
    if TABLE_STYLE not in tables:
        default = styles.default(WD_STYLE_TYPE.TABLE)
        based = default.style_id if default is not None else "TableNormal"
        told = {"ns": nsdecls("w"), "name": TABLE_STYLE, "accent": ACCENT, "based": based}
        styles.element.append(parse_xml(_TABLE_XML.format(**told)))


def _outline(style: Any, level: int) -> None:
    """Make a style a heading for those who jump between headings."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    mark = OxmlElement("w:outlineLvl")
    mark.set(qn("w:val"), str(level))
    style.element.get_or_add_pPr().append(mark)


def speak(made: Any, lang: str) -> None:
    """Say in which language the document is, so that it is read aloud and spelt so."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    defaults = made.styles.element.find(qn("w:docDefaults"))
    run = None if defaults is None else defaults.find(f".//{qn('w:rPr')}")
    holder = made.styles["Normal"].element.get_or_add_rPr() if run is None else run
    mark = holder.find(qn("w:lang"))
    if mark is None:
        mark = OxmlElement("w:lang")
        holder.append(mark)
    mark.set(qn("w:val"), _LANGUAGES[lang])


def foot(made: Any, stamp: str, page_of: str) -> None:
    """The stamp and the page number at the foot of every page.

    Parameters
    ----------
    page_of
        With ``{page}`` and ``{pages}`` where Word counts.
    """
    from docx.shared import Pt

    paragraph = made.sections[0].footer.paragraphs[0]
    run = paragraph.add_run(f"{stamp}\n")
    run.font.size = Pt(8)
    before, _, rest = page_of.partition("{page}")
    between, _, after = rest.partition("{pages}")
    for text, code in ((before, "PAGE"), (between, "NUMPAGES"), (after, "")):
        paragraph.add_run(text).font.size = Pt(8)
        if code:
            field(paragraph, code, "1", Pt(8))


def field(paragraph: Any, code: str, shown: str, size: Any = None) -> None:
    """A field that Word counts, with what it shows until then."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    def mark(kind: str) -> None:
        run = paragraph.add_run()
        run.font.size = size
        char = OxmlElement("w:fldChar")
        char.set(qn("w:fldCharType"), kind)
        run._r.append(char)

    mark("begin")
    run = paragraph.add_run()
    instruction = OxmlElement("w:instrText")
    instruction.set(qn("xml:space"), "preserve")
    instruction.text = f" {code} "
    run._r.append(instruction)
    mark("separate")
    paragraph.add_run(shown).font.size = size
    mark("end")
