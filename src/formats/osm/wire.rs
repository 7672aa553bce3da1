//! The messages of a PBF file. The only file that knows `prost`.
//!
//! Fields and numbers are those of `fileformat.proto` and `osmformat.proto` (openstreetmap/OSM-binary). Who edited what and when is not
//! among them, so that it is passed over unread. Lists of messages stay bytes until each is asked for: a list of a million empty ones
//! takes 32 MB, not the size of a million ways.

use bytes::Bytes;
use prost::Message;

/// What stands before a blob.
#[derive(Clone, PartialEq, Message)]
pub struct BlobHeader {
    #[prost(string, tag = "1")]
    pub kind: String,
    /// Bytes of the blob.
    #[prost(int32, tag = "3")]
    pub size: i32,
}

/// A block, compressed or not.
#[derive(Clone, PartialEq, Message)]
pub struct Blob {
    #[prost(bytes = "bytes", optional, tag = "1")]
    pub raw: Option<Bytes>,
    /// Bytes of the block once it is decompressed.
    #[prost(int32, optional, tag = "2")]
    pub raw_size: Option<i32>,
    #[prost(bytes = "bytes", optional, tag = "3")]
    pub zlib: Option<Bytes>,
    #[prost(bytes = "bytes", optional, tag = "4")]
    pub lzma: Option<Bytes>,
    #[prost(bytes = "bytes", optional, tag = "5")]
    pub bzip2: Option<Bytes>,
    #[prost(bytes = "bytes", optional, tag = "6")]
    pub lz4: Option<Bytes>,
    #[prost(bytes = "bytes", optional, tag = "7")]
    pub zstd: Option<Bytes>,
}

/// The first block.
#[derive(Clone, PartialEq, Message)]
pub struct HeaderBlock {
    #[prost(string, repeated, tag = "4")]
    pub required_features: Vec<String>,
}

/// A block of nodes, ways or relations.
#[derive(Clone, PartialEq, Message)]
pub struct PrimitiveBlock {
    #[prost(message, optional, tag = "1")]
    pub texts: Option<StringTable>,
    /// Each a [`PrimitiveGroup`].
    #[prost(bytes = "bytes", repeated, tag = "2")]
    pub groups: Vec<Bytes>,
    /// Nanodegrees of a step of a coordinate.
    #[prost(int32, optional, tag = "17")]
    pub granularity: Option<i32>,
    /// Nanodegrees.
    #[prost(int64, tag = "19")]
    pub lat_offset: i64,
    /// Nanodegrees.
    #[prost(int64, tag = "20")]
    pub lon_offset: i64,
}

/// Keys, values and roles of a block; the first is empty and unused.
#[derive(Clone, PartialEq, Message)]
pub struct StringTable {
    #[prost(bytes = "bytes", repeated, tag = "1")]
    pub texts: Vec<Bytes>,
}

/// Things of one type.
#[derive(Clone, PartialEq, Message)]
pub struct PrimitiveGroup {
    /// Each a [`Node`].
    #[prost(bytes = "bytes", repeated, tag = "1")]
    pub nodes: Vec<Bytes>,
    #[prost(message, optional, tag = "2")]
    pub dense: Option<DenseNodes>,
    /// Each a [`Way`].
    #[prost(bytes = "bytes", repeated, tag = "3")]
    pub ways: Vec<Bytes>,
    /// Each a [`Relation`].
    #[prost(bytes = "bytes", repeated, tag = "4")]
    pub relations: Vec<Bytes>,
}

/// One node.
#[derive(Clone, PartialEq, Message)]
pub struct Node {
    #[prost(sint64, tag = "1")]
    pub id: i64,
    #[prost(uint32, repeated, tag = "2")]
    pub keys: Vec<u32>,
    #[prost(uint32, repeated, tag = "3")]
    pub values: Vec<u32>,
    #[prost(sint64, tag = "8")]
    pub lat: i64,
    #[prost(sint64, tag = "9")]
    pub lon: i64,
}

/// Many nodes; numbers and coordinates are differences to the node before.
#[derive(Clone, PartialEq, Message)]
pub struct DenseNodes {
    #[prost(sint64, repeated, tag = "1")]
    pub ids: Vec<i64>,
    #[prost(sint64, repeated, tag = "8")]
    pub lats: Vec<i64>,
    #[prost(sint64, repeated, tag = "9")]
    pub lons: Vec<i64>,
    /// For each node key, value, key, value … and 0; nothing at all where no node has tags.
    #[prost(int32, repeated, tag = "10")]
    pub keys_values: Vec<i32>,
}

/// One way; its nodes are differences to the node before.
#[derive(Clone, PartialEq, Message)]
pub struct Way {
    #[prost(int64, tag = "1")]
    pub id: i64,
    #[prost(uint32, repeated, tag = "2")]
    pub keys: Vec<u32>,
    #[prost(uint32, repeated, tag = "3")]
    pub values: Vec<u32>,
    #[prost(sint64, repeated, tag = "8")]
    pub nodes: Vec<i64>,
    /// Where its nodes are, in a file that says so of its ways (`LocationsOnWays`).
    #[prost(sint64, repeated, tag = "9")]
    pub lats: Vec<i64>,
    #[prost(sint64, repeated, tag = "10")]
    pub lons: Vec<i64>,
}

/// One relation; its members are differences to the member before.
#[derive(Clone, PartialEq, Message)]
pub struct Relation {
    #[prost(int64, tag = "1")]
    pub id: i64,
    #[prost(uint32, repeated, tag = "2")]
    pub keys: Vec<u32>,
    #[prost(uint32, repeated, tag = "3")]
    pub values: Vec<u32>,
    #[prost(sint64, repeated, tag = "9")]
    pub members: Vec<i64>,
    /// 0 a node, 1 a way, 2 a relation.
    #[prost(int32, repeated, tag = "10")]
    pub types: Vec<i32>,
}

/// The type of a member that is a node.
pub const NODE: i32 = 0;

/// The type of a member that is a way.
pub const WAY: i32 = 1;

/// A message; what is wrong with the bytes where they are none.
pub fn read<M: Message + Default>(bytes: Bytes) -> Result<M, String> {
    M::decode(bytes).map_err(|e| e.to_string())
}
