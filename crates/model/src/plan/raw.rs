//! A plan as it comes over the wire: not yet checked.

use serde::{Deserialize, Serialize};

use super::{Hidden, Output, Plan, PlanError, Shape};

#[derive(Serialize, Deserialize)]
pub(super) struct RawPlan {
    input: Shape,
    hidden: Vec<Hidden>,
    output: Output,
}

impl TryFrom<RawPlan> for Plan {
    type Error = PlanError;

    fn try_from(raw: RawPlan) -> Result<Self, PlanError> {
        Self::new(raw.input, raw.hidden, raw.output)
    }
}

impl From<Plan> for RawPlan {
    fn from(plan: Plan) -> Self {
        Self {
            input: plan.input,
            hidden: plan.hidden,
            output: plan.output,
        }
    }
}
