//! The Docker engine that `sam local` needs, when there is one.

use std::{
    net::Ipv4Addr,
    process::{Command, Stdio},
};

use crate::{environment, progress, tools, workspace::Workspace};

/// A running engine.
pub(crate) struct Docker {
    /// Where containers reach this machine; `None` where the engine runs in a machine of its own (Docker Desktop), which
    /// forwards a name to the loopback interface.
    pub gateway: Option<Ipv4Addr>,
    /// Lambda's base image is here: no registry has to be asked for it.
    pub has_base_image: bool,
}

/// The engine, or why there is none and how to get one.
pub(crate) fn find(workspace: &Workspace) -> Result<Docker, String> {
    make_base_image(workspace);
    if !tools::on_path("docker") {
        return Err("no Docker engine: install one (apt-get install docker.io, or Docker Desktop) and start it".into());
    }
    if docker(&["info"]).is_none() {
        return Err("the Docker engine does not answer: start it (systemctl start docker, or Docker Desktop)".into());
    }
    let architecture = if cfg!(target_arch = "aarch64") { "arm64" } else { "x86_64" };
    let image = format!("public.ecr.aws/lambda/provided:al2023-{architecture}");
    let has_base_image = docker(&["image", "inspect", &image]).is_some();
    Ok(Docker { gateway: gateway(), has_base_image })
}

/// Makes a stand-in for Lambda's base image, and starts an engine for it, where a script for that is at hand. What it did
/// not manage shows when the engine is asked.
fn make_base_image(workspace: &Workspace) {
    let beside = workspace.root.join("../shared/tools/sam-local-base.sh");
    if let Some(script) = environment::sam_base_script().into_iter().chain([beside]).find(|path| path.is_file()) {
        let step = progress::step("making sure of a base image for containers");
        let quiet = Command::new(script).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
        if quiet.is_ok_and(|status| status.success()) {
            step.done();
        }
    }
}

/// The address of this machine on the engine's bridge, where it is one of ours.
fn gateway() -> Option<Ipv4Addr> {
    let format = "{{range .IPAM.Config}}{{.Gateway}} {{.Subnet}} {{end}}";
    let answer = docker(&["network", "inspect", "bridge", "--format", format])?;
    let address = bridge_address(&answer)?;
    // In a virtual machine of the engine's own the address is there and not here.
    std::net::TcpListener::bind((address, 0)).ok().map(|_| address)
}

/// The gateway, or the first address of the subnet, which it is by default and which older engines leave out.
fn bridge_address(answer: &str) -> Option<Ipv4Addr> {
    let words: Vec<&str> = answer.split_whitespace().collect();
    let given = words.iter().find_map(|word| word.parse().ok());
    let first = || {
        let (network, _) = words.iter().find_map(|word| word.split_once('/'))?;
        let network: Ipv4Addr = network.parse().ok()?;
        Some(Ipv4Addr::from(u32::from(network) + 1))
    };
    given.or_else(first)
}

/// What a docker command prints, when it succeeds.
fn docker(arguments: &[&str]) -> Option<String> {
    let output = Command::new("docker").args(arguments).stdin(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bridge_that_names_no_gateway_has_the_first_address_of_its_subnet() {
        assert_eq!(bridge_address(" 172.17.0.0/16 "), Some(Ipv4Addr::new(172, 17, 0, 1)));
        assert_eq!(bridge_address("10.1.0.9 10.1.0.0/24"), Some(Ipv4Addr::new(10, 1, 0, 9)));
        assert_eq!(bridge_address(""), None);
    }
}
