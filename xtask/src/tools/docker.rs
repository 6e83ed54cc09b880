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
    /// The base image was made here and must not be asked of a registry.
    pub stand_in_image: bool,
}

/// The engine, or why there is none and how to get one.
pub(crate) fn find(workspace: &Workspace) -> Result<Docker, String> {
    let stand_in_image = stand_in_image(workspace);
    if !tools::on_path("docker") {
        return Err("no Docker engine: install one (apt-get install docker.io, or Docker Desktop) and start it".into());
    }
    if docker(&["info"]).is_none() {
        return Err("the Docker engine does not answer: start it (systemctl start docker, or Docker Desktop)".into());
    }
    Ok(Docker { gateway: gateway(), stand_in_image })
}

/// Makes a stand-in for Lambda's base image where a script for it is at hand; `true` when it did.
fn stand_in_image(workspace: &Workspace) -> bool {
    let beside = workspace.root.join("../shared/tools/sam-local-base.sh");
    let Some(script) = environment::sam_base_script().into_iter().chain([beside]).find(|path| path.is_file()) else {
        return false;
    };
    let step = progress::step("making sure of a base image for containers");
    let made = runs(Command::new(script));
    if made {
        step.done();
    }
    made
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

fn runs(mut command: Command) -> bool {
    let command: &mut Command = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
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
