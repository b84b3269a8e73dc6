//! The object ids that have names in `csr_attributes.yaml`.
//!
//! Source: puppet-docs, `ssl_attributes_extensions`, "Puppet-specific registered IDs".

/// Extension request (PKCS #9).
pub(super) const EXTENSION_REQUEST: &[u64] = &[1, 2, 840, 113_549, 1, 9, 14];
/// The same of Microsoft.
pub(super) const MICROSOFT_EXTENSION_REQUEST: &[u64] = &[1, 3, 6, 1, 4, 1, 311, 2, 1, 14];
/// Subject alternative name.
pub(super) const SUBJECT_ALTERNATIVE_NAME: &[u64] = &[2, 5, 29, 17];
/// Challenge password (PKCS #9).
const CHALLENGE_PASSWORD: &[u64] = &[1, 2, 840, 113_549, 1, 9, 7];

const PREFIX: [u64; 7] = [1, 3, 6, 1, 4, 1, 34380];

/// By their last number below `ppRegCertExt`, from 1.
const REGISTERED: [&str; 26] = [
    "pp_uuid",
    "pp_instance_id",
    "pp_image_name",
    "pp_preshared_key",
    "pp_cost_center",
    "pp_product",
    "pp_project",
    "pp_application",
    "pp_service",
    "pp_employee",
    "pp_created_by",
    "pp_environment",
    "pp_role",
    "pp_software_version",
    "pp_department",
    "pp_cluster",
    "pp_provisioner",
    "pp_region",
    "pp_datacenter",
    "pp_zone",
    "pp_network",
    "pp_securitypolicy",
    "pp_cloudplatform",
    "pp_apptier",
    "pp_hostname",
    "pp_owner",
];

/// The id behind a name or behind dotted numbers.
pub(super) fn resolve(name: &str) -> Option<Vec<u64>> {
    let below = |numbers: &[u64]| Some([&PREFIX[..], numbers].concat());
    match name {
        "challengePassword" => return Some(CHALLENGE_PASSWORD.to_vec()),
        "extReq" => return Some(EXTENSION_REQUEST.to_vec()),
        "msExtReq" => return Some(MICROSOFT_EXTENSION_REQUEST.to_vec()),
        "subjectAltName" => return Some(SUBJECT_ALTERNATIVE_NAME.to_vec()),
        "pp_authorization" => return below(&[1, 3, 1]),
        "pp_auth_role" => return below(&[1, 3, 13]),
        _ => {}
    }
    if let Some(at) = REGISTERED.iter().position(|registered| *registered == name) {
        return below(&[1, 1, at as u64 + 1]);
    }
    let numbers: Option<Vec<u64>> = name.split('.').map(|part| part.parse().ok()).collect();
    // X.660: the first two arcs are bounded.
    numbers.filter(|numbers| {
        numbers.len() > 2 && numbers[0] <= 2 && (numbers[0] == 2 || numbers[1] < 40)
    })
}
