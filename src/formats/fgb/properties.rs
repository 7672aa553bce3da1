//! The properties of a FlatGeobuf feature: a column's number and its value, after one another.

use flatgeobuf::ColumnType;
use serde_json::{Map, Value};

/// Properties by name; binary ones are left out, floats that JSON cannot write are null.
pub fn read(mut bytes: &[u8], columns: &[(String, ColumnType)]) -> Result<Map<String, Value>, String> {
    let mut properties = Map::new();
    // A binary value may leave a byte behind it (an old writer's).
    while bytes.len() > 1 {
        let number = u16::from_le_bytes(take(&mut bytes)?);
        let (name, kind) =
            columns.get(usize::from(number)).ok_or_else(|| format!("column {number} is not in the header"))?;
        if let Some(value) = value(&mut bytes, *kind)? {
            properties.insert(name.clone(), value);
        }
    }
    Ok(properties)
}

fn take<const N: usize>(bytes: &mut &[u8]) -> Result<[u8; N], String> {
    let (first, rest) = bytes.split_first_chunk::<N>().ok_or("a property runs over its end")?;
    *bytes = rest;
    Ok(*first)
}

fn counted<'a>(bytes: &mut &'a [u8]) -> Result<&'a [u8], String> {
    let length = u32::from_le_bytes(take(bytes)?) as usize;
    let (first, rest) = bytes.split_at_checked(length).ok_or("a property runs over its end")?;
    *bytes = rest;
    Ok(first)
}

fn value(bytes: &mut &[u8], kind: ColumnType) -> Result<Option<Value>, String> {
    let text = |bytes| std::str::from_utf8(bytes).map_err(|_| "a property is not UTF-8 text".to_owned());
    Ok(Some(match kind {
        ColumnType::Byte => i8::from_le_bytes(take(bytes)?).into(),
        ColumnType::UByte => u8::from_le_bytes(take(bytes)?).into(),
        ColumnType::Bool => (take::<1>(bytes)?[0] != 0).into(),
        ColumnType::Short => i16::from_le_bytes(take(bytes)?).into(),
        ColumnType::UShort => u16::from_le_bytes(take(bytes)?).into(),
        ColumnType::Int => i32::from_le_bytes(take(bytes)?).into(),
        ColumnType::UInt => u32::from_le_bytes(take(bytes)?).into(),
        ColumnType::Long => i64::from_le_bytes(take(bytes)?).into(),
        ColumnType::ULong => u64::from_le_bytes(take(bytes)?).into(),
        ColumnType::Float => f32::from_le_bytes(take(bytes)?).into(),
        ColumnType::Double => f64::from_le_bytes(take(bytes)?).into(),
        ColumnType::String | ColumnType::DateTime => text(counted(bytes)?)?.into(),
        ColumnType::Json => serde_json::from_slice(counted(bytes)?).map_err(|e| format!("a JSON property: {e}"))?,
        ColumnType::Binary => {
            counted(bytes)?;
            return Ok(None);
        }
        other => return Err(format!("a column of the unknown type {}", other.0)),
    }))
}
