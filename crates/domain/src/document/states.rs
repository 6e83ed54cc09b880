//! Codes of states, for documents that name one: ISO 3166-1 (GB/T 2659.1) and what ICAO 9303 adds to it.

/// ISO 3166-1: three letters and three digits each.
const STATES: &str = "\
    ABW533 AFG004 AGO024 AIA660 ALA248 ALB008 AND020 ARE784 ARG032 ARM051 ASM016 ATA010 ATF260 ATG028 \
    AUS036 AUT040 AZE031 BDI108 BEL056 BEN204 BES535 BFA854 BGD050 BGR100 BHR048 BHS044 BIH070 BLM652 \
    BLR112 BLZ084 BMU060 BOL068 BRA076 BRB052 BRN096 BTN064 BVT074 BWA072 CAF140 CAN124 CCK166 CHE756 \
    CHL152 CHN156 CIV384 CMR120 COD180 COG178 COK184 COL170 COM174 CPV132 CRI188 CUB192 CUW531 CXR162 \
    CYM136 CYP196 CZE203 DEU276 DJI262 DMA212 DNK208 DOM214 DZA012 ECU218 EGY818 ERI232 ESH732 ESP724 \
    EST233 ETH231 FIN246 FJI242 FLK238 FRA250 FRO234 FSM583 GAB266 GBR826 GEO268 GGY831 GHA288 GIB292 \
    GIN324 GLP312 GMB270 GNB624 GNQ226 GRC300 GRD308 GRL304 GTM320 GUF254 GUM316 GUY328 HKG344 HMD334 \
    HND340 HRV191 HTI332 HUN348 IDN360 IMN833 IND356 IOT086 IRL372 IRN364 IRQ368 ISL352 ISR376 ITA380 \
    JAM388 JEY832 JOR400 JPN392 KAZ398 KEN404 KGZ417 KHM116 KIR296 KNA659 KOR410 KWT414 LAO418 LBN422 \
    LBR430 LBY434 LCA662 LIE438 LKA144 LSO426 LTU440 LUX442 LVA428 MAC446 MAF663 MAR504 MCO492 MDA498 \
    MDG450 MDV462 MEX484 MHL584 MKD807 MLI466 MLT470 MMR104 MNE499 MNG496 MNP580 MOZ508 MRT478 MSR500 \
    MTQ474 MUS480 MWI454 MYS458 MYT175 NAM516 NCL540 NER562 NFK574 NGA566 NIC558 NIU570 NLD528 NOR578 \
    NPL524 NRU520 NZL554 OMN512 PAK586 PAN591 PCN612 PER604 PHL608 PLW585 PNG598 POL616 PRI630 PRK408 \
    PRT620 PRY600 PSE275 PYF258 QAT634 REU638 ROU642 RUS643 RWA646 SAU682 SDN729 SEN686 SGP702 SGS239 \
    SHN654 SJM744 SLB090 SLE694 SLV222 SMR674 SOM706 SPM666 SRB688 SSD728 STP678 SUR740 SVK703 SVN705 \
    SWE752 SWZ748 SXM534 SYC690 SYR760 TCA796 TCD148 TGO768 THA764 TJK762 TKL772 TKM795 TLS626 TON776 \
    TTO780 TUN788 TUR792 TUV798 TWN158 TZA834 UGA800 UKR804 UMI581 URY858 USA840 UZB860 VAT336 VCT670 \
    VEN862 VGB092 VIR850 VNM704 VUT548 WLF876 WSM882 YEM887 ZAF710 ZMB894 ZWE716";

/// ICAO 9303-3, section 5, part D: codes in travel documents that stand for no state of ISO 3166-1: the United Nations and
/// its agencies, organisations that issue travel documents, stateless persons and refugees, and Kosovo as most states
/// write it.
const OF_TRAVEL_DOCUMENTS: &str = "EUE GBD GBN GBO GBP GBS RKS UNA UNK UNO XAA XBA XCC XCE XCO XDC XEC XES XIM XMP XOM XPO XXA XXB \
    XXC XXX";

/// Whether `letters` are an issuing state of ICAO 9303.
pub(super) fn issues_travel_documents(letters: &str) -> bool {
    STATES.split(' ').any(|state| state[..3] == *letters) || OF_TRAVEL_DOCUMENTS.split(' ').any(|code| code == letters)
}

/// Whether `code`, in letters or in digits, may stand as the nationality of a foreigner. People of China, Hong Kong,
/// Macao and Taiwan have other documents. Stateless persons have the letters of ICAO 9303, and digits of the range that
/// ISO 3166-1 leaves to its users.
pub(super) fn is_foreign_nationality(code: &str) -> bool {
    const NOT_FOREIGN: [&str; 8] = ["CHN", "HKG", "MAC", "TWN", "156", "344", "446", "158"];
    let of_users = code.starts_with('9') && code.bytes().all(|c| c.is_ascii_digit());
    let known = STATES.split(' ').any(|state| state[..3] == *code || state[3..] == *code);
    (known || of_users || matches!(code, "XXA" | "XXB" | "XXC")) && !NOT_FOREIGN.contains(&code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_has_three_letters_and_three_digits_and_stands_once() {
        let states: Vec<&str> = STATES.split(' ').collect();
        let letters: std::collections::BTreeSet<&str> = states.iter().map(|state| &state[..3]).collect();
        let digits: std::collections::BTreeSet<&str> = states.iter().map(|state| &state[3..]).collect();
        assert_eq!((states.len(), letters.len(), digits.len()), (249, 249, 249));
        assert!(letters.iter().all(|code| code.bytes().all(|c| c.is_ascii_uppercase())));
        assert!(digits.iter().all(|code| code.len() == 3 && code.bytes().all(|c| c.is_ascii_digit())));
    }

    #[test]
    fn a_foreigner_is_of_a_state_or_stateless_and_not_of_china() {
        for code in ["CAN", "124", "XXA", "999"] {
            assert!(is_foreign_nationality(code), "{code}");
        }
        for code in ["CHN", "156", "TWN", "344", "ZZZ", "000", "can", ""] {
            assert!(!is_foreign_nationality(code), "{code}");
        }
    }

    #[test]
    fn states_and_organisations_issue_travel_documents() {
        assert!(issues_travel_documents("DEU") && issues_travel_documents("UNO"));
        assert!(!issues_travel_documents("D") && !issues_travel_documents("ZZZ") && !issues_travel_documents(""));
    }
}
