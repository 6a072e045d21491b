//! Tiles and entry bundles: the files in which a log is published (<https://c2sp.org/tlog-tiles>).
//!
//! A tile of level `L` holds 256 consecutive nodes of level `L` (roots of complete subtrees of `256^L` leaves), or fewer at the right edge of the
//! tree. An entry bundle holds the data of the leaves whose hashes are in the tile of level 0 with the same index.

use super::{Hash, MAX_SIZE, TILE_HEIGHT, TILE_WIDTH};
use std::{fmt, str::FromStr};

/// The longest path accepted: that of the last partial bundle has 47 bytes; the rest is somebody trying.
pub const MAX_PATH_BYTES: usize = 64;

/// The highest level a path may name (tlog-tiles). A tree of [`MAX_SIZE`] entries ends at level 7.
pub const MAX_LEVEL: u8 = 63;

/// The longest entry a bundle can hold, because its length is written in 16 bits.
pub const MAX_ENTRY_BYTES: usize = u16::MAX as usize;

/// The name of a tile or of an entry bundle: `tile/<L>/<N>[.p/<W>]` or `tile/entries/<N>[.p/<W>]`.
///
/// Parsing accepts exactly what printing writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TilePath {
    /// `None` for entries.
    level: Option<u8>,
    index: u64,
    /// 1 to 256.
    width: u16,
}

/// Why a tile, a bundle, or its name is not one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TileError {
    /// The text is not a path as tlog-tiles writes it.
    #[error("not the path of a tile or an entry bundle")]
    Path,
    /// Level, index or width is outside what a path can say.
    #[error("there is no tile of level {level}, index {index}, width {width}")]
    Range {
        /// Level asked for.
        level: u8,
        /// Index asked for.
        index: u64,
        /// Width asked for.
        width: u64,
    },
    /// The entry does not fit into a bundle.
    #[error("entry {position} of the bundle has {found} bytes, more than {MAX_ENTRY_BYTES}")]
    EntryTooLong {
        /// Position in the bundle.
        position: usize,
        /// Length of the entry.
        found: usize,
    },
    /// The bundle ends within an entry.
    #[error("the bundle ends within entry {position}")]
    BundleEnds {
        /// Position in the bundle.
        position: usize,
    },
    /// A tile or bundle holds another number of items than its path says.
    #[error("{found} items in the tile or bundle, expected {expected}")]
    Count {
        /// Items found (at least, for a bundle that goes on).
        found: usize,
        /// Items that the path says.
        expected: usize,
    },
}

impl TilePath {
    /// The tile of nodes of this level, `width` (1 to 256) of them from node `256 * index` on.
    ///
    /// # Errors
    ///
    /// If there can be no such tile.
    pub fn hashes(level: u8, index: u64, width: u64) -> Result<TilePath, TileError> {
        TilePath::new(Some(level), index, width)
    }

    /// The bundle of `width` (1 to 256) entries from entry `256 * index` on.
    ///
    /// # Errors
    ///
    /// If there can be no such bundle.
    pub fn entries(index: u64, width: u64) -> Result<TilePath, TileError> {
        TilePath::new(None, index, width)
    }

    fn new(level: Option<u8>, index: u64, width: u64) -> Result<TilePath, TileError> {
        let fits = level.is_none_or(|level| level <= MAX_LEVEL) && index <= MAX_SIZE / TILE_WIDTH && (1..=TILE_WIDTH).contains(&width);
        if !fits {
            return Err(TileError::Range { level: level.unwrap_or(0), index, width });
        }
        Ok(TilePath { level, index, width: width as u16 })
    }

    /// The level of the nodes; `None` if this is an entry bundle.
    pub fn level(&self) -> Option<u8> {
        self.level
    }

    /// The number of the first node of the level, or of the first entry.
    pub fn start(&self) -> u64 {
        self.index * TILE_WIDTH
    }

    /// How many nodes or entries: 1 to 256.
    pub fn width(&self) -> usize {
        usize::from(self.width)
    }

    /// Whether the tile is at the right edge and will be replaced by a wider one.
    pub fn is_partial(&self) -> bool {
        u64::from(self.width) < TILE_WIDTH
    }

    /// Whether a tree of `size` entries has all that this tile holds.
    pub fn is_within(&self, size: u64) -> bool {
        self.start() + u64::from(self.width) <= nodes_at(self.level.unwrap_or(0), size)
    }

    /// All tiles and bundles of a tree of `size` entries: bundles first, then levels upwards, each from the left.
    pub fn all(size: u64) -> impl Iterator<Item = TilePath> {
        let levels = std::iter::once(None).chain((0..8).map(Some));
        levels.flat_map(move |level| {
            let count = nodes_at(level.unwrap_or(0), size.min(MAX_SIZE));
            let tile = move |index| TilePath { level, index, width: (count - index * TILE_WIDTH).min(TILE_WIDTH) as u16 };
            (0..count.div_ceil(TILE_WIDTH)).map(tile)
        })
    }
}

/// How many complete subtrees of `256^level` leaves a tree of `size` leaves has.
fn nodes_at(level: u8, size: u64) -> u64 {
    size.checked_shr(TILE_HEIGHT * u32::from(level)).unwrap_or(0)
}

impl fmt::Display for TilePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.level {
            Some(level) => write!(f, "tile/{level}/")?,
            None => f.write_str("tile/entries/")?,
        }
        // Three digits for each element, all but the last marked with an x: at most 1000 names in a folder.
        let mut divisor = 1;
        while self.index / divisor >= 1000 {
            divisor *= 1000;
        }
        while divisor > 1 {
            write!(f, "x{:03}/", self.index / divisor % 1000)?;
            divisor /= 1000;
        }
        write!(f, "{:03}", self.index % 1000)?;
        if self.is_partial() { write!(f, ".p/{}", self.width) } else { Ok(()) }
    }
}

impl FromStr for TilePath {
    type Err = TileError;

    fn from_str(text: &str) -> Result<TilePath, TileError> {
        let path = read_path(text).ok_or(TileError::Path)?;
        // Leading zeroes, signs, a missing x: whatever would be printed differently is not the path of anything.
        if path.to_string() == text { Ok(path) } else { Err(TileError::Path) }
    }
}

/// Reads a path, and also some that are written differently than they should be.
fn read_path(text: &str) -> Option<TilePath> {
    if text.len() > MAX_PATH_BYTES {
        return None;
    }
    let (level, rest) = text.strip_prefix("tile/")?.split_once('/')?;
    let level = if level == "entries" { None } else { Some(level.parse().ok()?) };
    let (number, width) = match rest.split_once(".p/") {
        Some((number, width)) => (number, width.parse().ok()?),
        None => (rest, TILE_WIDTH),
    };
    let index = number.split('/').try_fold(0_u64, |index, element| {
        let element: u64 = element.strip_prefix('x').unwrap_or(element).parse().ok()?;
        index.checked_mul(1000)?.checked_add(element)
    })?;
    TilePath::new(level, index, width).ok()
}

/// The contents of a tile of hashes.
pub fn encode_hashes(hashes: &[Hash]) -> Vec<u8> {
    hashes.as_flattened().to_vec()
}

/// The hashes of a tile, of which there must be `width`.
///
/// # Errors
///
/// If the tile has another length.
pub fn decode_hashes(bytes: &[u8], width: usize) -> Result<Vec<Hash>, TileError> {
    match bytes.as_chunks() {
        (hashes, []) if hashes.len() == width => Ok(hashes.to_vec()),
        (hashes, rest) => Err(TileError::Count { found: hashes.len() + usize::from(!rest.is_empty()), expected: width }),
    }
}

/// The contents of an entry bundle: each entry after its length as a big-endian 16-bit number.
///
/// # Errors
///
/// If an entry is longer than [`MAX_ENTRY_BYTES`].
pub fn encode_bundle<'a>(entries: impl IntoIterator<Item = &'a [u8]>) -> Result<Vec<u8>, TileError> {
    let mut bytes = Vec::new();
    for (position, entry) in entries.into_iter().enumerate() {
        let length = u16::try_from(entry.len()).map_err(|_| TileError::EntryTooLong { position, found: entry.len() })?;
        bytes.extend_from_slice(&length.to_be_bytes());
        bytes.extend_from_slice(entry);
    }
    Ok(bytes)
}

/// The entries of a bundle, of which there must be `width`.
///
/// # Errors
///
/// If the bundle ends early or goes on.
pub fn decode_bundle(bytes: &[u8], width: usize) -> Result<Vec<&[u8]>, TileError> {
    let mut entries = Vec::with_capacity(width.min(TILE_WIDTH as usize));
    let mut rest = bytes;
    while !rest.is_empty() {
        let position = entries.len();
        if position == width {
            return Err(TileError::Count { found: position + 1, expected: width });
        }
        let ends = TileError::BundleEnds { position };
        let (length, after) = rest.split_first_chunk().ok_or(ends)?;
        let (entry, after) = after.split_at_checked(usize::from(u16::from_be_bytes(*length))).ok_or(ends)?;
        entries.push(entry);
        rest = after;
    }
    if entries.len() == width { Ok(entries) } else { Err(TileError::Count { found: entries.len(), expected: width }) }
}
