//! Sorting where a comparison may fail.

use std::cmp::Ordering;

/// Sorts by merging, and keeps the order of equals. A comparison that contradicts itself does no
/// harm: of what cannot be compared the standard library's sort may panic.
///
/// # Errors
/// The first comparison that fails.
pub fn merge_sort<T, E>(
    mut items: Vec<T>,
    order: &mut impl FnMut(&T, &T) -> Result<Ordering, E>,
) -> Result<Vec<T>, E> {
    if items.len() < 2 {
        return Ok(items);
    }
    let right = items.split_off(items.len() / 2);
    let mut left = merge_sort(items, order)?.into_iter().peekable();
    let mut right = merge_sort(right, order)?.into_iter().peekable();
    let mut merged = Vec::with_capacity(left.len() + right.len());
    while let (Some(first), Some(second)) = (left.peek(), right.peek()) {
        let next = match order(first, second)? {
            Ordering::Greater => right.next(),
            Ordering::Less | Ordering::Equal => left.next(),
        };
        merged.extend(next);
    }
    merged.extend(left);
    merged.extend(right);
    Ok(merged)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equals_keep_their_order_and_contradictions_do_no_harm() {
        let numbers: Vec<u32> = (0..100).map(|at| at * 37 % 100).collect();
        let sorted = merge_sort(numbers.clone(), &mut |a, b| {
            Ok::<_, ()>((a / 10).cmp(&(b / 10)))
        });
        let mut expected = numbers.clone();
        expected.sort_by_key(|number| number / 10);
        assert_eq!(sorted, Ok(expected));
        let odd = merge_sort(numbers.clone(), &mut |_, _| Ok::<_, ()>(Ordering::Greater));
        assert_eq!(odd.map(|all| all.len()), Ok(100));
        let failed = merge_sort(numbers, &mut |a, b| Err::<Ordering, _>((*a, *b)));
        assert!(failed.is_err());
    }
}
