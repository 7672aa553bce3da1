use super::SuppressionError;

/// Units that lie in one another: areas by level, or tile cells by zoom. There may be several without a parent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tree {
    parent: Vec<Option<u32>>,
    depth: Vec<u32>,
    /// Parents before their children.
    order: Vec<u32>,
}

impl Tree {
    /// Units by their parents' indices, in any order. O(units).
    pub fn new(parent: Vec<Option<u32>>) -> Result<Self, SuppressionError> {
        let units = parent.len();
        let mut children: Vec<Vec<u32>> = vec![Vec::new(); units];
        let mut order = Vec::with_capacity(units);
        for (unit, of) in (0_u32..).zip(&parent) {
            match of {
                None => order.push(unit),
                Some(of) => children
                    .get_mut(*of as usize)
                    .ok_or(SuppressionError::NoParent { unit: unit as usize, parent: *of, units })?
                    .push(unit),
            }
        }
        let mut depth = vec![u32::MAX; units];
        let mut at = 0;
        while let Some(unit) = order.get(at).map(|u| *u as usize) {
            depth[unit] = parent[unit].map_or(0, |p| depth[p as usize] + 1);
            order.append(&mut children[unit]);
            at += 1;
        }
        match depth.iter().position(|d| *d == u32::MAX) {
            Some(unit) => Err(SuppressionError::Circle { unit }),
            None => Ok(Tree { parent, depth, order }),
        }
    }

    /// How many units.
    pub fn len(&self) -> usize {
        self.parent.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.parent.is_empty()
    }

    /// What a unit is in.
    pub(super) fn parent(&self, unit: u32) -> Option<u32> {
        self.parent[unit as usize]
    }

    /// Parents before their children.
    pub(super) fn order(&self) -> &[u32] {
        &self.order
    }

    /// A unit and all that it is in.
    pub(super) fn upwards(&self, unit: u32) -> impl Iterator<Item = u32> {
        std::iter::successors(Some(unit), |u| self.parent(*u))
    }

    /// The lowest unit that both are in.
    pub(super) fn meet(&self, a: u32, b: u32) -> Option<u32> {
        let (mut a, mut b) = (a, b);
        while a != b {
            if self.depth[a as usize] >= self.depth[b as usize] {
                a = self.parent(a)?;
            } else {
                b = self.parent(b)?;
            }
        }
        Some(a)
    }

    /// Refuses what does not say of each piece in which unit it is.
    pub(super) fn check_homes(&self, homes: &[u32], pieces: usize) -> Result<(), SuppressionError> {
        if homes.len() != pieces {
            return Err(SuppressionError::Length { of: "homes of pieces", found: homes.len(), expected: pieces });
        }
        match homes.iter().position(|unit| *unit as usize >= self.len()) {
            Some(piece) => Err(SuppressionError::NoUnit { piece, unit: homes[piece], units: self.len() }),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_refuses_circles_and_parents_that_are_not_there() {
        assert!(Tree::new(vec![]).unwrap().is_empty());
        assert_eq!(Tree::new(vec![Some(2), Some(0), None]).unwrap().order(), [2, 0, 1]);
        assert_eq!(Tree::new(vec![None, Some(2), Some(1)]), Err(SuppressionError::Circle { unit: 1 }));
        assert_eq!(Tree::new(vec![Some(0)]), Err(SuppressionError::Circle { unit: 0 }));
        assert_eq!(Tree::new(vec![Some(1)]), Err(SuppressionError::NoParent { unit: 0, parent: 1, units: 1 }));
    }

    #[test]
    fn units_meet_where_both_are() {
        let tree = Tree::new(vec![None, Some(0), Some(0), Some(1), Some(1), None]).unwrap();
        let meet = |a, b| (tree.meet(a, b), tree.meet(b, a));
        assert_eq!(meet(3, 4), (Some(1), Some(1)));
        assert_eq!(meet(3, 2), (Some(0), Some(0)));
        assert_eq!(meet(3, 1), (Some(1), Some(1)));
        assert_eq!(meet(3, 3), (Some(3), Some(3)));
        assert_eq!(meet(3, 5), (None, None));
    }
}
