local tag = 'v2' -- supercargo: web:tag
