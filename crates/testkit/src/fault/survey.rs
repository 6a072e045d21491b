//! Cut a run at every sync, look at what each cut left, and say what was lost.

use anyhow::{Context as _, Result};

use super::{Cut, CutPlan, FaultVfs, Handle, Moment};

/// What the cuts of one run showed.
#[derive(Debug, Default)]
pub struct Survey {
    /// Seed of the run, to be printed with a failure.
    pub seed: u64,
    /// Cuts looked at.
    pub cuts: usize,
    /// Cuts after which something acknowledged was missing.
    pub lost: Vec<Finding>,
    /// Cuts after which the data did not open or contradicted itself.
    pub broken: Vec<Finding>,
}

/// One cut that left less than it should.
#[derive(Debug)]
pub struct Finding {
    /// [`Cut::number`], the same in each run of that seed.
    pub cut: u64,
    /// When it was taken.
    pub moment: Moment,
    /// What had been acknowledged.
    pub acknowledged: u64,
    /// What was found, in words.
    pub found: String,
}

impl Survey {
    /// Runs `work` on an empty disk with a cut before and after each sync, and shows each cut to `look`.
    ///
    /// `work` opens its engine with [`Handle::name`], calls [`Handle::set_mark`] after each acknowledgement, and may call [`Handle::keep_cut`] for more cuts. `look`
    /// gets each cut and a layer (a machine after its restart) that holds it, opens the engine anew, proves what it can, and returns the greatest
    /// number that it found whole, with all before it; an error means that the cut left broken data.
    ///
    /// `name` must be free, and so must `name` followed by `-after`.
    ///
    /// # Errors
    /// Those of `work`, and those of registering a layer.
    pub fn run(name: &str, seed: u64, work: impl FnOnce(&Handle) -> Result<()>, mut look: impl FnMut(&Cut, &Handle) -> Result<u64>) -> Result<Survey> {
        let disk = FaultVfs::register(name, seed)?;
        disk.plan(CutPlan::EACH_SYNC);
        work(&disk).with_context(|| format!("the run of seed {seed} failed before any cut was looked at"))?;
        disk.keep_cut();
        let mut survey = Survey { seed, ..Survey::default() };
        for cut in disk.take_cuts() {
            survey.cuts += 1;
            let after = FaultVfs::register_after(&format!("{name}-after"), seed, &cut)?;
            let finding = |found| Finding { cut: cut.number, moment: cut.moment, acknowledged: cut.mark, found };
            match look(&cut, &after) {
                Ok(last) if last >= cut.mark => {}
                Ok(last) => survey.lost.push(finding(format!("whole up to {last}"))),
                Err(error) => survey.broken.push(finding(format!("{error:#}"))),
            }
        }
        Ok(survey)
    }
}
