use app::ports::{AssessmentRegister, AssessmentSource, SaveError};
use domain::{
    assessment::{InteractiveFunction, NewAssessment},
    id::uuid_at,
};
use jiff::{SignedDuration, Timestamp};

use crate::samples;

/// Runs every check. The register is one for a whole stage, so that each check goes on from what is there.
pub async fn assessment_register(register: &dyn AssessmentRegister, source: &dyn AssessmentSource) {
    let now = Timestamp::from_second(1_795_406_400).unwrap();
    let before = register.register().await.unwrap();
    let new = |assessor: &str| NewAssessment {
        function: InteractiveFunction::Comments,
        document_sha256: format!("{:0>64}", uuid_at(now).simple().to_string()),
        assessor: assessor.to_owned(),
        assessed_at: now,
        valid_until: now + SignedDuration::from_hours(24),
    };
    let one = before.clone().register(new("一"), samples::reviewer("lead"), now).unwrap().unwrap();
    let other = before.register(new("二"), samples::reviewer("lead"), now).unwrap().unwrap();
    register.save(&one).await.unwrap();
    assert!(matches!(register.save(&other).await, Err(SaveError::VersionConflict)));
    assert_eq!(register.register().await.unwrap(), one.state);
    assert!(source.current().await.unwrap().is_on(InteractiveFunction::Comments, now));
}
