export function Logo() {
  return (
    <svg className="logo" viewBox="0 0 16 16" width="24" height="24" aria-hidden="true">
      <rect width="16" height="16" rx="4" fill="currentColor" />
      <path fill="var(--on-accent)" d="M4 3h1.4v10H4zM6.4 3.6h6l-2.1 2.5 2.1 2.5h-6z" />
    </svg>
  )
}
