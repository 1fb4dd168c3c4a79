local tag = 'v1' -- supercargo: web:tag
