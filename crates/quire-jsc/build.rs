//! Finds the system's JavaScriptCore: the GTK port by pkg-config, or the framework on macOS.

const PACKAGES: [&str; 3] = [
    "javascriptcoregtk-4.1",
    "javascriptcoregtk-6.0",
    "javascriptcoregtk-4.0",
];

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rustc-check-cfg=cfg(glib)");
    if std::env::var("CARGO_CFG_TARGET_OS").as_deref() == Ok("macos") {
        println!("cargo:rustc-link-lib=framework=JavaScriptCore");
        return;
    }

    println!("cargo:rustc-cfg=glib");
    let found = PACKAGES
        .iter()
        .any(|package| pkg_config::Config::new().probe(package).is_ok());
    if !found {
        println!(
            "cargo:error=JavaScriptCore was not found (tried {}). Install its development package: \
             `apt-get install libjavascriptcoregtk-4.1-dev` on Debian and Ubuntu, \
             `dnf install javascriptcoregtk4.1-devel` on Fedora, `pacman -S webkit2gtk-4.1` on Arch",
            PACKAGES.join(", ")
        );
        std::process::exit(1);
    }
}
