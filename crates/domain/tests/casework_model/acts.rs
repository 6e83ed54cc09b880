//! What can happen next: the machine that is explored.

use domain::case::{CLAIM, CaseState, Matter};
use stateright::{Model, Property};

use crate::{
    laws,
    people::{LEAD, REVIEWERS},
    steps::{Step, Task},
    world::{Stage, World, Write},
};

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Act {
    /// Reads, works out and writes before anybody else does.
    Do(Task, Write),
    /// Reads and works out what to write.
    Read(Task, Write),
    /// Writes what was worked out, if nobody else wrote meanwhile.
    Write,
    /// Whoever had worked something out is gone.
    Crash,
    /// The enforcer looks whether the decision still stands.
    LookAgain { message: usize },
    /// The queue delivers a message again: the enforcer crashed with it, or it was done.
    Again { message: usize },
    /// Claims run out.
    TimePasses,
}

/// How far a model goes; within that it is looked at whole.
pub(crate) struct Casework {
    /// One or two.
    pub(crate) complaints: usize,
    pub(crate) appeals: usize,
    /// How often a severe step is not agreed to.
    pub(crate) refusals: usize,
    /// What somebody may work out and write later, or never: the rest is read and written at once.
    pub(crate) is_slow: fn(Task) -> bool,
    /// What has to come about somewhere, or the model would show nothing.
    pub(crate) comes_about: fn() -> Vec<Property<Casework>>,
}

impl Model for Casework {
    type State = World;
    type Action = Act;

    fn init_states(&self) -> Vec<World> {
        vec![World::at_first()]
    }

    fn actions(&self, world: &World, acts: &mut Vec<Act>) {
        for task in self.tasks(world) {
            let Some(write) = world.worked_out(task) else { continue };
            acts.extend((world.kept.is_none() && (self.is_slow)(task)).then(|| Act::Read(task, write.clone())));
            acts.push(Act::Do(task, write));
        }
        if world.kept.is_some() {
            acts.extend([Act::Write, Act::Crash]);
        }
        for (message, it) in world.messages.iter().enumerate() {
            acts.extend((it.stage == Stage::Listed).then_some(Act::LookAgain { message }));
            acts.extend((it.stage != Stage::Queued).then_some(Act::Again { message }));
        }
        if world.cases.iter().any(|case| world.holder_of(case).is_some()) {
            acts.push(Act::TimePasses);
        }
    }

    fn next_state(&self, world: &World, act: Act) -> Option<World> {
        let mut next = world.clone();
        match act {
            Act::Do(_, write) => next.put(write),
            Act::Read(_, write) => next.kept = Some(write),
            Act::Write => {
                let write = next.kept.take()?;
                next.put(write);
            }
            Act::Crash => next.kept = None,
            Act::LookAgain { message } => next.messages[message].stage = world.next_stage(message),
            Act::Again { message } => next.messages[message].stage = Stage::Queued,
            Act::TimePasses => next.now += CLAIM,
        }
        next.go_on();
        Some(next)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        laws::always().into_iter().chain((self.comes_about)()).collect()
    }

    fn within_boundary(&self, world: &World) -> bool {
        let kept = world.kept.as_ref().and_then(|write| match write {
            Write::Open(case, _) | Write::Save(case, _) => Some(case),
            Write::Account(..) | Write::Entry(..) => None,
        });
        world.cases.iter().chain(kept).all(|case| case.refused_proposals.len() <= self.refusals)
    }
}

impl Casework {
    /// Everybody with everything that they may have in hand.
    fn tasks(&self, world: &World) -> Vec<Task> {
        let triage = (0..self.complaints).map(|complaint| Task::Triage { complaint });
        let enforce = world.messages.iter().enumerate().filter(|(_, it)| it.stage != Stage::Done);
        let enforce = enforce.map(|(message, _)| Task::Enforce { message });
        let appeal = (0..world.messages.len()).map(|message| Task::Appeal { message });
        let appeals = world.cases.iter().filter(|case| case.appeal.is_some()).count();
        let appeal = appeal.filter(move |_| appeals < self.appeals);
        // The reviewers are alike: whoever takes something up first is the first of them.
        let is_untouched = world.kept.is_none() && world.cases.iter().all(|case| case.taken_up_at.is_none());
        let reviewers = if is_untouched { &REVIEWERS[..1] } else { &REVIEWERS[..] };
        let mut tasks: Vec<_> = triage.chain(enforce).chain(appeal).collect();
        for (at, case) in world.cases.iter().enumerate() {
            let steps: &[Step] = match (case.state, &case.matter) {
                (CaseState::AwaitingApproval, _) => &[Step::Agree, Step::Disagree],
                (_, Matter::Appeal { .. }) => &[Step::Claim, Step::Release, Step::Accept, Step::Reject],
                _ => &[Step::Claim, Step::Release, Step::Suspend, Step::Close],
            };
            // The lead has no hand in the case itself beyond agreeing, which keeps the model small.
            let lead = (case.appeal.is_some() || case.state == CaseState::AwaitingApproval).then_some(LEAD);
            for who in reviewers.iter().copied().chain(lead) {
                tasks.extend(steps.iter().map(|step| Task::Staff { who, case: at, step: *step }));
            }
        }
        tasks
    }
}
