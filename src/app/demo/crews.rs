//! The Teams of the demo: a handful of grids of one township each, two people at a time, one of whom is followed by another between the
//! stages.

use super::SAMPLE_MARK;
use crate::app::AppError;
use crate::model::{Change, Charge, Code, Level, Membership, Role, Team, User, UserName};
use crate::state::{AreaId, State};
use hashbrown::HashMap;
use jiff::civil::Date;

/// Most grids of a Team: some 1,500 households, as one finds in practice.
const GRIDS: usize = 6;
/// People in a Team at a time.
const PEOPLE: usize = 2;
/// Given names; an initial tells two of one name apart.
const NAMES: [&str; 16] = [
    "Anna", "Marco", "Lena", "Pius", "Rita", "Jonas", "Eva", "Beat", "Nora", "Urs", "Clara", "Felix", "Ida", "Kurt",
    "Mia", "Otto",
];
/// The Team of whom one leaves between the stages and another comes.
const CHANGING: usize = 1;

/// Who calls where.
pub struct Crews {
    teams: Vec<Team>,
    /// The Team of a grid, and its place among the Team's.
    grids: HashMap<AreaId, (usize, usize)>,
}

impl Crews {
    /// Teams for all grids, from the first day on; one member of one leaves the day before `turn`.
    pub fn new(state: &State, from: Date, turn: Date) -> Result<Crews, AppError> {
        let mut crews = Crews { teams: Vec::new(), grids: HashMap::new() };
        let mut names = (0..).map(name);
        for township in super::codes(state, Level::Township) {
            let Some(above) = state.area(township.as_str()) else { continue };
            let mut grids: Vec<Code> = state
                .living_areas()
                .filter(|(id, entry)| {
                    entry.area.level == Level::Grid && state.areas_above(*id).any(|(id, _)| id == above)
                })
                .map(|(_, entry)| entry.area.code.clone())
                .collect();
            grids.sort_unstable();
            let place = state.covered(above, None).entry.area.name.clone();
            for (n, grids) in grids.chunks(GRIDS).enumerate() {
                let team = crews.teams.len();
                for (i, grid) in grids.iter().enumerate() {
                    crews.grids.extend(state.area(grid.as_str()).map(|id| (id, (team, i))));
                }
                let mut members = Vec::with_capacity(PEOPLE + 1);
                for _ in 0..PEOPLE {
                    members.push(Membership { user: next(&mut names)?, from, to: None });
                }
                if team == CHANGING {
                    members[0].to = turn.yesterday().ok();
                    members.push(Membership { user: next(&mut names)?, from: turn, to: None });
                }
                let areas = grids.iter().map(|area| Charge { area: area.clone(), from, to: None }).collect();
                let (code, name) =
                    (format!("sample-{township}-{}", n + 1), format!("{place} {} · {SAMPLE_MARK}", n + 1));
                crews.teams.push(Team { code: Code::new(&code)?, name, members, areas }.check()?);
            }
        }
        Ok(crews)
    }

    /// Users, who see what their Teams answer for and no more, and the Teams.
    pub fn changes(&self) -> Vec<Change> {
        let users = self.teams.iter().flat_map(|team| &team.members).map(|one| {
            Change::UserPut(User { name: one.user.clone(), role: Role::Member, areas: Vec::new(), password: None })
        });
        users.chain(self.teams.iter().cloned().map(Change::TeamPut)).collect()
    }

    /// Who calls in a grid on a day.
    pub fn caller(&self, grid: AreaId, day: Date) -> Option<&UserName> {
        let (team, place) = *self.grids.get(&grid)?;
        let members: Vec<&UserName> = self.teams[team].members_on(day).collect();
        members.get(place % members.len().max(1)).copied()
    }

    /// The first of all who is in a Team to the end.
    pub fn somebody(&self) -> Option<&UserName> {
        self.teams.iter().flat_map(|team| &team.members).find(|one| one.to.is_none()).map(|one| &one.user)
    }

    /// Somebody of the Team in the middle.
    pub fn another(&self) -> Option<&UserName> {
        self.teams.get(self.teams.len() / 2).and_then(|team| team.members.last()).map(|one| &one.user)
    }
}

fn name(n: usize) -> String {
    let initial = char::from(b'A' + u8::try_from(n / NAMES.len() % 26).expect("26 letters"));
    format!("{} {initial}. ({SAMPLE_MARK})", NAMES[n % NAMES.len()])
}

fn next(names: &mut impl Iterator<Item = String>) -> Result<UserName, AppError> {
    Ok(UserName::new(&names.next().unwrap_or_default())?)
}
