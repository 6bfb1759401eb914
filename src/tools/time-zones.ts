import { ToolRefusal } from "./define-tool.ts";

/** A time zone with the name that the person used for it. */
export interface NamedZone {
  /** IANA name or offset, e.g. `Asia/Tokyo`, `+05:30`. */
  readonly id: string;
  /** e.g. `Tokyo` */
  readonly label: string;
}

/**
 * Places whose name is not the last part of an IANA name: cities of more than about three million, capitals,
 * countries with one zone, and abbreviations in the meaning that most people have in mind (EST is New York, summer
 * time included).
 */
const PLACES = `
Africa/Cairo: egypt, alexandria, giza
Africa/Johannesburg: south africa, cape town, durban, pretoria, sast
Africa/Lagos: nigeria, abuja, kano, ibadan
Africa/Nairobi: kenya, addis ababa, mombasa, eat
Africa/Casablanca: morocco, rabat, marrakesh
Africa/Kinshasa: brazzaville
America/Argentina/Buenos_Aires: argentina
America/Bogota: colombia, medellin
America/Caracas: venezuela
America/Chicago: houston, dallas, austin, san antonio, new orleans, minneapolis, st louis, kansas city, milwaukee, cst, cdt, ct, central time
America/Denver: salt lake city, albuquerque, mst, mdt, mt, mountain time
America/Lima: peru
America/Los_Angeles: la, san francisco, san diego, san jose, seattle, portland, las vegas, sacramento, california, silicon valley, pst, pdt, pt, pacific time
America/Mexico_City: guadalajara, ecatepec
America/New_York: nyc, washington, washington dc, boston, philadelphia, miami, atlanta, baltimore, pittsburgh, cleveland, charlotte, orlando, est, edt, et, eastern time
America/Phoenix: arizona
America/Santiago: chile
America/Sao_Paulo: rio, rio de janeiro, brasilia, belo horizonte, salvador, curitiba
America/Toronto: ottawa, montreal, quebec
America/Vancouver: victoria
America/Anchorage: alaska
Asia/Bangkok: thailand
Asia/Dhaka: bangladesh
Asia/Dubai: uae, abu dhabi, united arab emirates
Asia/Ho_Chi_Minh: vietnam, saigon, hanoi, ho chi minh city
Asia/Hong_Kong: hkt
Asia/Jakarta: bandung, surabaya
Asia/Jerusalem: israel, tel aviv
Asia/Karachi: pakistan, lahore, islamabad, faisalabad
Asia/Kathmandu: nepal
Asia/Kolkata: india, mumbai, bombay, delhi, new delhi, bangalore, bengaluru, chennai, madras, hyderabad, calcutta, ahmedabad, pune, surat, jaipur, ist
Asia/Kuala_Lumpur: malaysia
Asia/Manila: philippines, quezon city, cebu
Asia/Riyadh: saudi arabia, jeddah, mecca
Asia/Seoul: south korea, korea, busan, incheon, kst
Asia/Shanghai: china, beijing, peking, shenzhen, guangzhou, tianjin, chengdu, wuhan, xian, nanjing, hangzhou, dongguan, suzhou, shenyang, harbin, qingdao
Asia/Singapore: sgt
Asia/Taipei: taiwan
Asia/Tehran: iran
Asia/Tokyo: japan, osaka, kyoto, yokohama, nagoya, sapporo, kobe, fukuoka, tokio, jst
Asia/Yangon: rangoon, myanmar
Asia/Baghdad: iraq, basra
Australia/Sydney: canberra, aest, aedt
Australia/Brisbane: gold coast, queensland
Europe/Amsterdam: netherlands, rotterdam, the hague
Europe/Athens: greece, athen
Europe/Berlin: germany, deutschland, munich, münchen, hamburg, cologne, köln, frankfurt, stuttgart, düsseldorf, leipzig, dortmund, cet, cest, mez, mesz
Europe/Brussels: belgium, brüssel, antwerp
Europe/Bucharest: romania
Europe/Budapest: hungary
Europe/Copenhagen: denmark, kopenhagen
Europe/Dublin: ireland
Europe/Helsinki: finland
Europe/Istanbul: turkey, ankara, izmir
Europe/Kyiv: ukraine, kiev, kharkiv, odesa
Europe/Lisbon: portugal, porto, lissabon
Europe/London: uk, united kingdom, england, britain, great britain, scotland, manchester, birmingham, edinburgh, glasgow, liverpool, bst
Europe/Madrid: spain, barcelona, valencia, seville
Europe/Moscow: moskau, saint petersburg, st petersburg, msk
Europe/Oslo: norway
Europe/Paris: france, lyon, marseille
Europe/Prague: prag, czechia, czech republic
Europe/Rome: italy, rom, milan, mailand, naples, turin
Europe/Stockholm: sweden, gothenburg
Europe/Vienna: austria, wien, graz
Europe/Warsaw: poland, warschau, krakow
Europe/Zurich: switzerland, zürich, geneva, bern, basel
Pacific/Auckland: new zealand, wellington, nzst, nzdt
Pacific/Honolulu: hawaii
UTC: gmt, z, zulu, greenwich, universal
`;

let places: ReadonlyMap<string, string> | undefined;

/** Folded name → IANA name, of the table and of every zone that the browser knows. */
function knownPlaces(): ReadonlyMap<string, string> {
  if (places !== undefined) return places;
  const found = new Map<string, string>();
  for (const zone of Intl.supportedValuesOf("timeZone")) {
    found.set(fold(zone.split("/").at(-1) ?? zone), zone);
    found.set(fold(zone), zone);
  }
  for (const line of PLACES.trim().split("\n")) {
    const [zone = "", names = ""] = line.split(": ");
    for (const name of [zone, zone.split("/").at(-1) ?? zone, ...names.split(", ")]) found.set(fold(name), zone);
  }
  places = found;
  return found;
}

/** Case, accents, underscores and hyphens do not matter; ü and ue stay two things only where they differ in letters. */
function fold(name: string): string {
  return name
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[_\-.]+/g, " ")
    .replace(/\s+/g, " ")
    .trim();
}

const OFFSET = /^(?:utc|gmt)?\s*([+\-−])\s*(\d{1,2})(?::?(\d{2}))?$/i;

/** The zone of a city, a country, an abbreviation, an offset (UTC+2) or an IANA name; null where there is none. */
export function findZone(name: string): NamedZone | null {
  const label = name.trim();
  const [, sign, hours, minutes = "00"] = OFFSET.exec(label) ?? [];
  if (sign !== undefined && hours !== undefined) {
    if (Number(hours) > 14 || Number(minutes) > 59) return null;
    const plain = sign === "+" ? "+" : "-";
    const shown = `UTC${plain}${String(Number(hours))}${minutes === "00" ? "" : `:${minutes}`}`;
    return { id: `${plain}${hours.padStart(2, "0")}:${minutes}`, label: shown };
  }
  const id = knownPlaces().get(fold(label).replace(/ (?:time|zeit)$/, "")) ?? knownPlaces().get(fold(label));
  if (id !== undefined) return { id, label: placeLabel(label, id) };
  return isZone(label) ? { id: label, label } : null;
}

/** "new york" → "New York"; an abbreviation becomes its city, since EST in summer would be a name for another time. */
function placeLabel(written: string, id: string): string {
  if (written.includes("/")) return id;
  const city = (id.split("/").at(-1) ?? id).replaceAll("_", " ");
  const name = written.replace(/ (?:time|zeit)$/i, "");
  if (/^[a-z]{1,4}$/i.test(name) || name.toLowerCase() === city.toLowerCase()) return city;
  return name.replace(/(^|[\s-])(\p{Ll})/gu, (_, before: string, letter: string) => before + letter.toUpperCase());
}

/** An old or new name that the browser takes without listing it. */
function isZone(name: string): boolean {
  if (!name.includes("/")) return false;
  try {
    new Intl.DateTimeFormat("en", { timeZone: name }).format(0);
    return true;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return false;
  }
}

/** Throws ToolRefusal with what to write instead. */
export function requireZone(name: string): NamedZone {
  const zone = findZone(name);
  if (zone !== null) return zone;
  throw new ToolRefusal(
    `“${name.slice(0, 60)}” is no time zone or city that is known here. Write a larger city, an IANA zone such as Europe/Berlin, or an offset such as UTC+2.`,
  );
}
