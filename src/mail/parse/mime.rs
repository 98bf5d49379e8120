//! Builds the tree of MIME parts (RFC 2045, RFC 2046): positions from [`engine`], headers read by [`header`].

use super::engine::{self, ByteRange};
use super::header;
use super::part::{Part, part, root_only};
use super::split;

/// The tree of parts as mail-parser finds them, or as [`split`] does if mail-parser would be misled (`misleading`), fails or
/// finds nothing.
///
/// Call it only after [`super::guard::check`].
pub fn tree(raw: &[u8], misleading: bool) -> Part<'_> {
    let root = root_only(raw);
    let layout = if misleading { None } else { engine::layout(raw) };
    let found = layout.map(|layout| children(raw, &layout, 0, 0)).unwrap_or_default();
    // mail-parser also finds nothing if the type is declared twice or the boundary is not declared.
    let children = if found.is_empty() { split::children(&root, &mut 1, 0) } else { found };
    Part { children, ..root }
}

fn children<'a>(raw: &'a [u8], layout: &[ByteRange], parent: u32, depth: u32) -> Vec<Part<'a>> {
    // Children have higher indices than their parent, so that no part can contain itself; the guard has bounded the depth.
    let own = layout
        .get(parent as usize)
        .map(|span| span.children.as_slice())
        .unwrap_or_default()
        .iter()
        .filter(|&&child| child > parent && depth < 100);
    let read = |&child: &u32| {
        let span = layout.get(child as usize)?;
        let bytes = raw.get(span.header..span.end.max(span.header))?;
        let mut part = part(child, header::read(bytes), bytes);
        part.children = children(raw, layout, child, depth + 1);
        Some(part)
    };
    own.filter_map(read).collect()
}
