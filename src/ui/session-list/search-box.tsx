import { Search } from "lucide";

import { Icon } from "#ui/kit/icon.tsx";

interface SearchBoxProps {
  readonly query: string;
  readonly onChange: (query: string) => void;
}

export function SearchBox({ query, onChange }: SearchBoxProps) {
  return (
    <search class="search-box">
      <Icon of={Search} />
      <input
        id="session-search"
        type="search"
        aria-label="Search sessions"
        placeholder="Search sessions"
        autocomplete="off"
        value={query}
        onInput={(event) => onChange(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.isComposing) return;
          if (event.key === "Escape" && query !== "") {
            event.preventDefault();
            event.stopPropagation();
            onChange("");
          } else if (event.key === "ArrowDown") {
            event.preventDefault();
            document.querySelector<HTMLElement>(".session-nav a")?.focus();
          }
        }}
      />
    </search>
  );
}
